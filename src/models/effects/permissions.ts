/** What a column is called that says what somebody may do. */
export const PERMISSIONS =
  /(?:^|[a-z_])(?:admin|moderator|staff|permissions?|superuser)$|^(?:role|permissions?)$/i;
