/** What a wrong call is answered with. */
export const USAGE = `Usage: ./schedule.sh [gateway|admin] enable|disable [+30m | 22:00 | "2027-01-31 18:00"]
       ./schedule.sh list
       ./schedule.sh cancel ID`;

/** What `--help` prints. */
export const HELP = `${USAGE}

Switches the workers.dev address of a Worker (without a name: of both), previews included, on or off. Nothing is deleted or
deployed, and the other Worker, custom domains and routes stay as they are.

Times    +90s, +30m, +2h, +1d, +1h30m    from now (a day is 24 hours)
         22:00, 22:00:30                 the next time that this machine's clock shows it
         "2027-01-31 18:00"              local time; a trailing Z or +01:00 names another zone
         at most 366 days ahead

Login    CLOUDFLARE_API_TOKEN, else what \`wrangler auth token\` gives. It is looked up when a job runs and never stored.
Account  account_id in wrangler.*.toml, else CLOUDFLARE_ACCOUNT_ID, else the only account that the login sees.
State    jobs and schedule.log are in DOPPELGATE_STATE, else \${XDG_STATE_HOME:-~/.local/state}/doppelgate/schedule.
Restart  While jobs wait, one marked line in your crontab takes them up again after a restart. Without cron, or with
         DOPPELGATE_CRON=off, every call of ./schedule.sh does that.`;

/** A call that can't be understood or must be refused: exit code 2 and the usage. */
export class UsageError extends Error {}
