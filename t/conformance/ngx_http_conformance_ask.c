
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include "ngx_http_conformance.h"


#define FORM(properties, required)                                           \
    "{\"type\":\"object\",\"properties\":{" properties "},"                  \
    "\"required\":[" required "]}"

#define STRING(name)  "\"" name "\":{\"type\":\"string\"}"


static cJSON *ngx_http_conformance_question(const char *text);
static ngx_int_t ngx_http_conformance_form(ngx_http_mcp_call_t *call,
    const char *key, const char *message, const char *schema);
static ngx_int_t ngx_http_conformance_tell(ngx_http_mcp_call_t *call,
    const cJSON *answer);
static const char *ngx_http_conformance_field(const cJSON *answer,
    const char *name);


ngx_int_t
ngx_http_conformance_sampling(ngx_http_mcp_call_t *call, const cJSON *args)
{
    cJSON        *params;
    ngx_int_t     rc;
    const cJSON  *answer;

    params = ngx_http_conformance_question(
                                 ngx_http_conformance_string(args, "prompt"));

    rc = ngx_http_mcp_sample(call, "sampling", params, &answer);

    return rc == NGX_OK ? ngx_http_conformance_tell(call, answer) : rc;
}


/* NULL if there is no memory, which ngx_http_mcp_sample() takes too */

static cJSON *
ngx_http_conformance_question(const char *text)
{
    cJSON  *params, *messages, *message, *content;

    params = cJSON_CreateObject();
    messages = cJSON_AddArrayToObject(params, "messages");
    message = cJSON_CreateObject();

    if (!cJSON_AddItemToArray(messages, message)) {
        cJSON_Delete(message);
        cJSON_Delete(params);
        return NULL;
    }

    content = cJSON_AddObjectToObject(message, "content");

    if (cJSON_AddStringToObject(message, "role", "user") == NULL
        || cJSON_AddStringToObject(content, "type", "text") == NULL
        || cJSON_AddStringToObject(content, "text", text) == NULL
        || cJSON_AddNumberToObject(params, "maxTokens", 100) == NULL)
    {
        cJSON_Delete(params);
        return NULL;
    }

    return params;
}


ngx_int_t
ngx_http_conformance_elicitation(ngx_http_mcp_call_t *call, const cJSON *args)
{
    return ngx_http_conformance_form(call, "user",
                                     ngx_http_conformance_string(args,
                                                                 "message"),
                                     FORM(STRING("username") ","
                                          STRING("email"),
                                          "\"username\",\"email\""));
}


ngx_int_t
ngx_http_conformance_defaults(ngx_http_mcp_call_t *call, const cJSON *args)
{
    static const char  schema[] = FORM(
        "\"name\":{\"type\":\"string\",\"default\":\"John Doe\"},"
        "\"age\":{\"type\":\"integer\",\"default\":30},"
        "\"score\":{\"type\":\"number\",\"default\":95.5},"
        "\"status\":{\"type\":\"string\","
            "\"enum\":[\"active\",\"inactive\",\"pending\"],"
            "\"default\":\"active\"},"
        "\"verified\":{\"type\":\"boolean\",\"default\":true}",
        "");

    return ngx_http_conformance_form(call, "defaults",
                                     "What should be changed?", schema);
}


ngx_int_t
ngx_http_conformance_enums(ngx_http_mcp_call_t *call, const cJSON *args)
{
    static const char  schema[] = FORM(
        "\"untitledSingle\":{\"type\":\"string\","
            "\"enum\":[\"option1\",\"option2\",\"option3\"]},"
        "\"titledSingle\":{\"type\":\"string\",\"oneOf\":["
            "{\"const\":\"value1\",\"title\":\"First\"},"
            "{\"const\":\"value2\",\"title\":\"Second\"}]},"
        "\"legacyEnum\":{\"type\":\"string\",\"enum\":[\"opt1\",\"opt2\"],"
            "\"enumNames\":[\"One\",\"Two\"]},"
        "\"untitledMulti\":{\"type\":\"array\",\"items\":{"
            "\"type\":\"string\","
            "\"enum\":[\"option1\",\"option2\",\"option3\"]}},"
        "\"titledMulti\":{\"type\":\"array\",\"items\":{\"anyOf\":["
            "{\"const\":\"value1\",\"title\":\"First\"},"
            "{\"const\":\"value2\",\"title\":\"Second\"}]}}",
        "");

    return ngx_http_conformance_form(call, "enums", "Which ones?", schema);
}


ngx_int_t
ngx_http_conformance_user_name(ngx_http_mcp_call_t *call, const cJSON *args)
{
    return ngx_http_conformance_form(call, "user_name", "What is your name?",
                                     FORM(STRING("name"), "\"name\""));
}


ngx_int_t
ngx_http_conformance_capital(ngx_http_mcp_call_t *call, const cJSON *args)
{
    ngx_int_t     rc;
    const cJSON  *answer;

    rc = ngx_http_mcp_sample(call, "capital_question",
              ngx_http_conformance_question("What is the capital of France?"),
              &answer);

    return rc == NGX_OK ? ngx_http_conformance_tell(call, answer) : rc;
}


ngx_int_t
ngx_http_conformance_roots(ngx_http_mcp_call_t *call, const cJSON *args)
{
    ngx_int_t     rc;
    const cJSON  *answer;

    rc = ngx_http_mcp_roots(call, "client_roots", &answer);

    return rc == NGX_OK ? ngx_http_conformance_tell(call, answer) : rc;
}


ngx_int_t
ngx_http_conformance_state(ngx_http_mcp_call_t *call, const cJSON *args)
{
    ngx_int_t     rc;
    ngx_str_t     state;
    const cJSON  *answer;

    rc = ngx_http_mcp_elicit(call, "confirm", "Go on?",
                             FORM("\"ok\":{\"type\":\"boolean\"}", "\"ok\""),
                             &answer);

    if (rc == NGX_DONE
        && ngx_http_mcp_set_state(call, (u_char *) "asked", 5) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (rc != NGX_OK) {
        return rc;
    }

    state = ngx_http_mcp_state(call);

    return ngx_http_conformance_text(call, state.len == 5 ? "state-ok"
                                                          : "state-missing");
}


/* the answers in the order of the questions, once all are there */

ngx_int_t
ngx_http_conformance_three(ngx_http_mcp_call_t *call, const cJSON *args)
{
    ngx_int_t     name, greeting, roots;
    const cJSON  *answer;

    name = ngx_http_mcp_elicit(call, "user_name", "What is your name?",
                               FORM(STRING("name"), "\"name\""), &answer);
    greeting = ngx_http_mcp_sample(call, "greeting",
                          ngx_http_conformance_question("Write a greeting."),
                          &answer);
    roots = ngx_http_mcp_roots(call, "client_roots", &answer);

    if (name == NGX_OK && greeting == NGX_OK && roots == NGX_OK) {
        return ngx_http_conformance_text(call, "All three are there.");
    }

    if (name == NGX_DONE || greeting == NGX_DONE || roots == NGX_DONE) {
        return NGX_DONE;
    }

    return NGX_ABORT;
}


ngx_int_t
ngx_http_conformance_rounds(ngx_http_mcp_call_t *call, const cJSON *args)
{
    u_char        buf[1024], *p;
    ngx_int_t     rc;
    const cJSON  *name, *color;

    rc = ngx_http_mcp_elicit(call, "step1", "What is your name?",
                             FORM(STRING("name"), "\"name\""), &name);
    if (rc != NGX_OK) {
        return rc;
    }

    rc = ngx_http_mcp_elicit(call, "step2", "What is your favourite colour?",
                             FORM(STRING("color"), "\"color\""), &color);
    if (rc != NGX_OK) {
        return rc;
    }

    p = ngx_snprintf(buf, sizeof(buf), "%s likes %s.",
                     ngx_http_conformance_field(name, "name"),
                     ngx_http_conformance_field(color, "color"));

    return ngx_http_mcp_text(call, buf, p - buf);
}


/* what the client cannot do is not asked, and not missed */

ngx_int_t
ngx_http_conformance_whatever(ngx_http_mcp_call_t *call, const cJSON *args)
{
    ngx_int_t     user, model;
    const cJSON  *answer;

    user = ngx_http_mcp_elicit(call, "user_name", "What is your name?",
                               FORM(STRING("name"), "\"name\""), &answer);
    model = ngx_http_mcp_sample(call, "greeting",
                          ngx_http_conformance_question("Write a greeting."),
                          &answer);

    if (user == NGX_DONE || model == NGX_DONE) {
        return NGX_DONE;
    }

    return ngx_http_conformance_text(call, "That was all there is to ask.");
}


ngx_int_t
ngx_http_conformance_ask_prompt(ngx_http_mcp_call_t *call, const cJSON *args)
{
    return ngx_http_conformance_form(call, "context",
                                     "What should the prompt be about?",
                                     FORM(STRING("context"), "\"context\""));
}


static ngx_int_t
ngx_http_conformance_form(ngx_http_mcp_call_t *call, const char *key,
    const char *message, const char *schema)
{
    ngx_int_t     rc;
    const cJSON  *answer;

    rc = ngx_http_mcp_elicit(call, key, message, schema, &answer);

    return rc == NGX_OK ? ngx_http_conformance_tell(call, answer) : rc;
}


static ngx_int_t
ngx_http_conformance_tell(ngx_http_mcp_call_t *call, const cJSON *answer)
{
    char       *text;
    ngx_int_t   rc;

    text = cJSON_PrintUnformatted(answer);
    if (text == NULL) {
        return NGX_ERROR;
    }

    rc = ngx_http_conformance_text(call, text);

    cJSON_free(text);

    return rc;
}


/* of a form that was accepted, else nothing */

static const char *
ngx_http_conformance_field(const cJSON *answer, const char *name)
{
    const cJSON  *item;

    item = cJSON_GetObjectItemCaseSensitive(answer, "content");
    item = cJSON_GetObjectItemCaseSensitive(item, name);

    return cJSON_IsString(item) ? item->valuestring : "somebody";
}
