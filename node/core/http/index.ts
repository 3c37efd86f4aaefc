export { type HttpAnswer, type HttpRequest, httpFetch, sendHttp } from "./http.ts";
