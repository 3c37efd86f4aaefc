import { randomBytes } from "node:crypto";

/** What a trap answers: believable, and nothing in it is real. */
export interface Page {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const html = (status: number, body: string): Page => ({ status, type: "text/html; charset=utf-8", body });

const wordPress = (message = "") => `<!DOCTYPE html>
<html lang="en-US"><head><meta charset="UTF-8"><title>Log In &lsaquo; Intranet &#8212; WordPress</title>
<meta name="robots" content="max-image-preview:large, noindex, noarchive"></head>
<body class="login no-js login-action-login wp-core-ui"><div id="login"><h1><a href="https://wordpress.org/">Powered by WordPress</a></h1>
${message}<form name="loginform" id="loginform" action="/wp-login.php" method="post">
<p><label for="user_login">Username or Email Address</label><input type="text" name="log" id="user_login" size="20"></p>
<p><label for="user_pass">Password</label><input type="password" name="pwd" id="user_pass" size="20"></p>
<p class="submit"><input type="submit" name="wp-submit" value="Log In"></p></form></div></body></html>
`;

const phpMyAdmin = `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>phpMyAdmin</title></head>
<body id="loginform"><div class="container"><h1>Welcome to <bdo dir="ltr" lang="en">phpMyAdmin</bdo></h1>
<form method="post" action="/phpmyadmin/" name="login_form"><label>Username: <input type="text" name="pma_username"></label>
<label>Password: <input type="password" name="pma_password"></label><input type="submit" value="Log in"></form></div></body></html>
`;

/** The pages by path, for GET and POST. What looks like a secret is random, and made anew with each start. */
export function createPages(): ReadonlyMap<string, { readonly get: Page; readonly post: Page }> {
  const word = (bytes: number) => randomBytes(bytes).toString("hex");
  const password = word(12);
  const environment = [
    "APP_ENV=production",
    `APP_KEY=base64:${randomBytes(32).toString("base64")}`,
    "DB_CONNECTION=mysql\nDB_HOST=db-01.internal\nDB_DATABASE=intranet\nDB_USERNAME=intranet",
    `DB_PASSWORD=${password}`,
    `MAIL_PASSWORD=${word(10)}\n`,
  ].join("\n");
  const settings = {
    environment: "production",
    debug: false,
    database: { host: "db-01.internal", user: "admin", password },
  };
  const actuator = {
    activeProfiles: ["production"],
    propertySources: [{ name: "systemEnvironment", properties: { SPRING_DATASOURCE_PASSWORD: { value: "******" } } }],
  };
  const git =
    '[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n[remote "origin"]\n\turl = git@git.internal:web/intranet.git\n';
  const text = (body: string): Page => ({ status: 200, type: "text/plain; charset=utf-8", body });
  const json = (body: object): Page => ({ status: 200, type: "application/json", body: JSON.stringify(body) });
  const wrong = '<div id="login_error">Error: The password you entered is incorrect.</div>';
  const same = (page: Page) => ({ get: page, post: page });
  return new Map([
    ["/wp-login.php", { get: html(200, wordPress()), post: html(200, wordPress(wrong)) }],
    ["/phpmyadmin/", same(html(200, phpMyAdmin))],
    ["/.env", same(text(environment))],
    ["/.git/config", same(text(git))],
    ["/admin/config.json", same(json(settings))],
    ["/actuator/env", same(json(actuator))],
  ]);
}
