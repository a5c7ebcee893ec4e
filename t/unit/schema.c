
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_schema: what is said about instances and about schemas */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_schema.h>
#include "unit.h"
#include <math.h>


#define SCHEMA_07  "\"$schema\":\"http://json-schema.org/draft-07/schema#\""


/* without a text the instance conforms */
typedef struct {
    const char  *schema;
    const char  *instance;
    const char  *path;
    const char  *text;
} schema_check_t;


typedef struct {
    const char  *schema;
    const char  *path;
    const char  *text;
} schema_refuse_t;


static schema_check_t  schema_checks[] = {

    /* types */

    { "true", "1", NULL, NULL },
    { "false", "1", "", "is not allowed here" },
    { "{}", "null", NULL, NULL },
    { "{\"type\":\"integer\"}", "\"3\"", "",
      "must be an integer, got string" },
    { "{\"type\":\"integer\"}", "1.0", NULL, NULL },
    { "{\"type\":\"integer\"}", "1e2", NULL, NULL },
    { "{\"type\":\"integer\"}", "1.5", "", "must be an integer, got number" },
    { "{\"type\":\"integer\"}", "9007199254740993.5", "",
      "must be an integer, got number" },
    { "{\"type\":\"number\"}", "true", "", "must be a number, got boolean" },
    { "{\"type\":[\"string\",\"null\"]}", "[]", "",
      "must be null or a string, got array" },
    { "{\"type\":[\"string\",\"null\",\"object\"]}", "false", "",
      "must be null, a string or an object, got boolean" },
    { "{\"type\":[\"integer\",\"number\"]}", "{}", "",
      "must be a number, got object" },

    /* enum and const */

    { "{\"enum\":[\"metric\",\"imperial\"]}", "\"metric\"", NULL, NULL },
    { "{\"enum\":[\"metric\",\"imperial\"]}", "\"kelvin\"", "",
      "must be one of \"metric\", \"imperial\"" },
    { "{\"enum\":[1,[2],{\"a\":null}]}", "{\"a\":null}", NULL, NULL },
    { "{\"enum\":[1,[2],{\"a\":null}]}", "[3]", "",
      "must be one of 1, [2], {\"a\":null}" },
    { "{\"enum\":[\"only\"]}", "1", "", "must be \"only\"" },
    { "{\"enum\":[]}", "1", "", "can have no value at all" },
    { "{\"enum\":[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]}", "99", "",
      "must be one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, "
      "2 more" },
    { "{\"const\":1}", "1.0", NULL, NULL },
    { "{\"const\":9007199254740993}", "9007199254740992", "",
      "must be 9007199254740993" },
    { "{\"const\":{\"a\":1,\"b\":2}}", "{\"b\":2,\"a\":1}", NULL, NULL },
    { "{\"const\":{\"a\":1,\"b\":2}}", "{\"b\":2,\"c\":1}", "",
      "must be {\"a\":1,\"b\":2}" },
    { "{\"const\":[1,2]}", "[1,2,3]", "", "must be [1,2]" },
    { "{\"const\":false}", "0", "", "must be false" },
    { "{\"const\":\"0123456789012345678901234567890123456789012345678901234567"
      "8901234567890\"}", "1", "",
      "must be \"0123456789012345678901234567890123456789012345678901234567"
      "890123\"..." },

    /* numbers */

    { "{\"minimum\":1}", "0", "", "must be >= 1 (got 0)" },
    { "{\"minimum\":1}", "1", NULL, NULL },
    { "{\"minimum\":1}", "\"0\"", NULL, NULL },
    { "{\"maximum\":14}", "14.5", "", "must be <= 14 (got 14.5)" },
    { "{\"exclusiveMinimum\":0}", "0.0", "", "must be > 0 (got 0.0)" },
    { "{\"exclusiveMinimum\":0}", "1e-320", NULL, NULL },
    { "{\"exclusiveMaximum\":1}", "1", "", "must be < 1 (got 1)" },
    { "{\"exclusiveMaximum\":1}", "0.99999999999999999999999", NULL, NULL },
    { "{\"maximum\":9007199254740992}", "9007199254740993", "",
      "must be <= 9007199254740992 (got 9007199254740993)" },
    { "{\"multipleOf\":0.01}", "4.35", NULL, NULL },
    { "{\"multipleOf\":0.01}", "4.351", "",
      "must be a multiple of 0.01 (got 4.351)" },

    /* strings */

    { "{\"minLength\":3}", "\"ab\"", "",
      "must have at least 3 characters (got 2)" },
    { "{\"maxLength\":1}", "\"ab\"", "",
      "must have at most 1 character (got 2)" },
    { "{\"maxLength\":2}", "\"\\ud83d\\ude00\\u00e9\"", NULL, NULL },
    { "{\"minLength\":3}", "\"\\ud83d\\ude00\\u00e9\"", "",
      "must have at least 3 characters (got 2)" },
    { "{\"minLength\":2.0}", "\"ab\"", NULL, NULL },
    { "{\"pattern\":\"^[0-9]{4}$\"}", "\"1234\"", NULL, NULL },
    { "{\"pattern\":\"^[0-9]{4}$\"}", "\"1234\\n\"", "",
      "must match pattern \"^[0-9]{4}$\"" },
    { "{\"pattern\":\"b\"}", "\"abc\"", NULL, NULL },
    { "{\"pattern\":\"^\\\\d+$\"}", "\"\\u0967\"", "",
      "must match pattern \"^\\d+$\"" },
    { "{\"pattern\":\"^[\\\\d]+$\"}", "\"\\u0967\"", "",
      "must match pattern \"^[\\d]+$\"" },
    { "{\"pattern\":\"^[^\\\\D]+$\"}", "\"1\"", NULL, NULL },
    { "{\"pattern\":\"^\\\\w$\"}", "\"\\u00e9\"", "",
      "must match pattern \"^\\w$\"" },
    { "{\"pattern\":\"^[\\\\w.-]+$\"}", "\"a.b-c_d\"", NULL, NULL },
    { "{\"pattern\":\"^[\\\\w-.]+$\"}", "\"a.b-c\"", NULL, NULL },
    { "{\"pattern\":\"^[.-\\\\d]+$\"}", "\"1-.\"", NULL, NULL },
    { "{\"pattern\":\"^\\\\W$\"}", "\"\\u00e9\"", NULL, NULL },
    { "{\"pattern\":\"^[\\\\W]$\"}", "\"`\"", NULL, NULL },
    { "{\"pattern\":\"^[\\\\W]$\"}", "\"_\"", "",
      "must match pattern \"^[\\W]$\"" },
    { "{\"pattern\":\"^\\\\s\\\\s\\\\s$\"}", "\"\\ufeff\\u2028\\u00a0\"", NULL,
      NULL },
    { "{\"pattern\":\"^[\\\\S]$\"}", "\"\\u2003\"", "",
      "must match pattern \"^[\\S]$\"" },
    { "{\"pattern\":\"^.$\"}", "\"\\u2029\"", "",
      "must match pattern \"^.$\"" },
    { "{\"pattern\":\"^[.]$\"}", "\"x\"", "",
      "must match pattern \"^[.]$\"" },
    { "{\"pattern\":\"\\\\bfoo\\\\b\"}", "\"a foo b\"", NULL, NULL },
    { "{\"pattern\":\"\\\\bfoo\\\\b\"}", "\"\\u00e9foo\\u00e9\"", NULL, NULL },
    { "{\"pattern\":\"\\\\Boo\\\\b\"}", "\"foo\"", NULL, NULL },
    { "{\"pattern\":\"^\\\\p{Lowercase_Letter}+$\"}", "\"\\u00e9\"", NULL,
      NULL },
    { "{\"pattern\":\"^\\\\p{General_Category=Nd}$\"}", "\"\\u0967\"", NULL,
      NULL },
    { "{\"pattern\":\"^\\\\p{Script=Greek}$\"}", "\"\\u03b1\"", NULL, NULL },
    { "{\"pattern\":\"^\\\\u{1f600}\\\\uD83D\\\\uDE00$\"}",
      "\"\\ud83d\\ude00\\ud83d\\ude00\"", NULL, NULL },
    { "{\"pattern\":\"^[[:alpha:]]$\"}", "\"[]\"", NULL, NULL },
    { "{\"pattern\":\"^[^]$\"}", "\"\\n\"", NULL, NULL },
    { "{\"pattern\":\"[]\"}", "\"a\"", "", "must match pattern \"[]\"" },
    { "{\"pattern\":\"^\\\\cA\\\\v$\"}", "\"\\u0001\\u000b\"", NULL, NULL },

    /* arrays */

    { "{\"items\":{\"type\":\"integer\"}}", "[1,2,\"x\"]", "/2",
      "must be an integer, got string" },
    { "{\"prefixItems\":[{\"type\":\"string\"}],\"items\":false}",
      "[\"a\",1]", "", "must not have an item at 1" },
    { "{\"prefixItems\":[{\"type\":\"string\"}],\"items\":{\"minimum\":2}}",
      "[\"a\",1]", "/1", "must be >= 2 (got 1)" },
    { "{\"minItems\":2}", "[1]", "", "must have at least 2 items (got 1)" },
    { "{\"maxItems\":1}", "[1,2]", "", "must have at most 1 item (got 2)" },
    { "{\"uniqueItems\":true}", "[1,2,1.0]", "",
      "must have unique items, those at 0 and 2 are equal" },
    { "{\"uniqueItems\":true}",
      "[1,2,3,4,5,6,7,8,9,{\"a\":1,\"b\":[]},11,{\"b\":[],\"a\":1e0}]", "",
      "must have unique items, those at 9 and 11 are equal" },
    { "{\"uniqueItems\":true}",
      "[1,2,3,4,5,6,7,8,9,{\"a\":1},[1],[[1]],\"1\",true,null,0,false]", NULL,
      NULL },
    { "{\"uniqueItems\":true}", "[1,2,3,4,5,6,7,8,0.0,-0]", "",
      "must have unique items, those at 8 and 9 are equal" },
    { "{\"uniqueItems\":true}",
      "[1,2,3,4,5,6,7,8,9007199254740993,9007199254740992]", NULL, NULL },
    { "{\"contains\":{\"const\":1}}", "[2,3]", "",
      "must contain at least 1 item that matches \"contains\" (got 0)" },
    { "{\"contains\":{\"const\":1},\"maxContains\":1}", "[1,2,1]", "",
      "must contain at most 1 item that matches \"contains\" (got 2)" },
    { "{\"contains\":{\"const\":1},\"minContains\":0}", "[]", NULL, NULL },
    { "{\"maxContains\":0}", "[1]", NULL, NULL },

    /* objects */

    { "{\"required\":[\"city\"]}", "{}", "",
      "missing required property \"city\"" },
    { "{\"properties\":{\"a\":{\"type\":\"string\"}},\"required\":[\"a\","
      "\"b\"]}", "{\"a\":\"x\"}", "", "missing required property \"b\"" },
    { "{\"properties\":{\"a\":true,\"b\":true},"
      "\"additionalProperties\":false}", "{\"foo\":1}", "",
      "unknown property \"foo\", known are \"a\", \"b\"" },
    { "{\"additionalProperties\":false}", "{\"foo\":1}", "",
      "unknown property \"foo\"" },
    { "{\"properties\":{\"a\":false}}", "{\"a\":1}", "/a",
      "is not allowed here" },
    { "{\"additionalProperties\":{\"type\":\"string\"}}", "{\"x/y~z\":1}",
      "/x~1y~0z", "must be a string, got number" },
    { "{\"patternProperties\":{\"^s_\":{\"type\":\"string\"}},"
      "\"additionalProperties\":{\"type\":\"integer\"}}",
      "{\"s_a\":\"b\",\"n\":1}", NULL, NULL },
    { "{\"patternProperties\":{\"^s_\":{\"type\":\"string\"}}}",
      "{\"s_a\":1}", "/s_a", "must be a string, got number" },
    { "{\"propertyNames\":{\"pattern\":\"^[a-z]+$\"}}", "{\"ok\":{\"X\":1}}",
      NULL, NULL },
    { "{\"properties\":{\"o\":{\"propertyNames\":{\"pattern\":"
      "\"^[a-z]+$\"}}}}", "{\"o\":{\"X\":1}}", "/o",
      "the property name \"X\" must match pattern \"^[a-z]+$\"" },
    { "{\"propertyNames\":{\"maxLength\":2}}", "{\"abc\":1}", "",
      "the property name \"abc\" must have at most 2 characters (got 3)" },
    { "{\"minProperties\":1}", "{}", "",
      "must have at least 1 property (got 0)" },
    { "{\"maxProperties\":2}", "{\"a\":1,\"b\":1,\"c\":1}", "",
      "must have at most 2 properties (got 3)" },
    { "{\"dependentRequired\":{\"a\":[\"b\"]}}", "{\"a\":1}", "",
      "missing property \"b\", required where there is \"a\"" },
    { "{\"dependentSchemas\":{\"a\":{\"minProperties\":2}}}", "{\"a\":1}", "",
      "must have at least 2 properties (got 1)" },
    { "{\"properties\":{\"a1\":{\"type\":\"null\"},\"a2\":true,\"a3\":true,"
      "\"a4\":true,\"a5\":true,\"a6\":true,\"a7\":true,\"a8\":true,"
      "\"a9\":true,\"b1\":true,\"b2\":{\"type\":\"null\"}},"
      "\"required\":[\"c\",\"a9\"],\"additionalProperties\":false}",
      "{\"a9\":1,\"b2\":null,\"c\":1}", "", "unknown property \"c\", known "
      "are \"a1\", \"a2\", \"a3\", \"a4\", \"a5\", \"a6\", \"a7\", \"a8\", "
      "\"a9\", \"b1\", \"b2\"" },
    { "{\"properties\":{\"\":{\"type\":\"null\"}}}", "{\"\":1}", "/",
      "must be null, got number" },
    { "{\"properties\":{\"a\":{\"items\":{\"properties\":{\"b\":"
      "{\"type\":\"null\"}}}}}}", "{\"x\":{\"y\":[]},\"a\":[{},{\"b\":1}]}",
      "/a/1/b", "must be null, got number" },

    /* in place */

    { "{\"allOf\":[{\"minimum\":1},{\"maximum\":2}]}", "3", "",
      "must be <= 2 (got 3)" },
    { "{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"null\"}]}", "1", "",
      "must be null or a string, got number" },
    { "{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"array\",\"items\":"
      "{\"type\":\"string\"}}]}", "[1]", "/0",
      "must be a string, got number" },
    { "{\"oneOf\":[{\"const\":\"a\"},{\"const\":\"b\"},{\"enum\":[1,2]}]}",
      "\"c\"", "", "must be one of \"a\", \"b\", 1, 2" },
    { "{\"anyOf\":[{\"const\":\"a\",\"enum\":[\"b\"]},{\"type\":\"null\"}]}",
      "\"a\"", "", "must be \"b\"" },
    { "{\"oneOf\":[{\"minimum\":1},{\"multipleOf\":2},{\"maximum\":0}]}",
      "4", "", "must match exactly one schema of \"oneOf\", matches those "
      "at 0 and 1" },
    { "{\"oneOf\":[{\"properties\":{\"kind\":{\"const\":\"circle\"},"
      "\"r\":{\"type\":\"number\"}},\"required\":[\"kind\",\"r\"]},"
      "{\"properties\":{\"kind\":{\"const\":\"box\"},\"w\":{\"type\":"
      "\"number\"}},\"required\":[\"kind\",\"w\"]}]}", "{\"kind\":\"box\"}",
      "", "missing required property \"w\"" },
    { "{\"oneOf\":[{\"properties\":{\"kind\":{\"const\":\"circle\"}}},"
      "{\"properties\":{\"kind\":{\"const\":\"box\"},\"w\":{\"type\":"
      "\"number\"}}}]}", "{\"kind\":\"box\",\"w\":\"1\"}",
      "/w", "must be a number, got string" },
    { "{\"not\":{\"type\":\"null\"}}", "null", "",
      "must not match the schema in \"not\"" },
    { "{\"if\":{\"minimum\":10},\"then\":{\"multipleOf\":10},"
      "\"else\":{\"maximum\":5}}", "15", "",
      "must be a multiple of 10 (got 15)" },
    { "{\"if\":{\"minimum\":10},\"then\":{\"multipleOf\":10},"
      "\"else\":{\"maximum\":5}}", "6", "", "must be <= 5 (got 6)" },
    { "{\"then\":false,\"else\":false}", "6", NULL, NULL },

    /* unevaluated */

    { "{\"allOf\":[{\"properties\":{\"a\":true}}],\"anyOf\":["
      "{\"properties\":{\"b\":{\"type\":\"null\"}},\"required\":[\"b\"]},"
      "{\"properties\":{\"c\":true}}],\"unevaluatedProperties\":false}",
      "{\"a\":1,\"c\":1}", NULL, NULL },
    { "{\"allOf\":[{\"properties\":{\"a\":true}}],\"anyOf\":["
      "{\"properties\":{\"b\":{\"type\":\"null\"}},\"required\":[\"b\"]},"
      "{\"properties\":{\"c\":true}}],\"unevaluatedProperties\":false}",
      "{\"a\":1,\"b\":1}", "", "unknown property \"b\"" },
    { "{\"prefixItems\":[true],\"contains\":{\"type\":\"string\"},"
      "\"unevaluatedItems\":{\"type\":\"null\"}}", "[1,\"a\",null]", NULL,
      NULL },
    { "{\"prefixItems\":[true],\"contains\":{\"type\":\"string\"},"
      "\"unevaluatedItems\":{\"type\":\"null\"}}", "[1,\"a\",2]", "/2",
      "must be null, got number" },
    { "{\"$ref\":\"#/$defs/a\",\"unevaluatedItems\":false,\"$defs\":{\"a\":"
      "{\"prefixItems\":[true]}}}", "[1,2]", "/1", "is not allowed here" },

    /* references */

    { "{\"$defs\":{\"a\":{\"type\":\"null\"}},\"properties\":{\"x\":"
      "{\"$ref\":\"#/$defs/a\"}}}", "{\"x\":1}", "/x",
      "must be null, got number" },
    { "{\"properties\":{\"x\":{\"$ref\":\"#\"}},\"maxProperties\":1}",
      "{\"x\":{\"x\":{\"x\":{\"y\":1,\"x\":{}}}}}", "/x/x/x",
      "must have at most 1 property (got 2)" },
    { "{\"$id\":\"http://a/b/c/d?q\",\"$ref\":\"../g#x\",\"$defs\":{\"g\":"
      "{\"$id\":\"/b/./x/../g\",\"$anchor\":\"x\",\"type\":\"null\"}}}", "1",
      "", "must be null, got number" },
    { "{\"$id\":\"list\",\"$dynamicAnchor\":\"item\",\"type\":\"array\","
      "\"$ref\":\"tree\",\"$defs\":{\"tree\":{\"$id\":\"tree\","
      "\"$dynamicAnchor\":\"item\",\"items\":{\"$dynamicRef\":\"#item\"}}}}",
      "[[],[1]]", "/1/0", "must be an array, got number" },

    /* draft-07 */

    { "{" SCHEMA_07 ",\"items\":[{\"type\":\"null\"}],"
      "\"additionalItems\":false}", "[null,1]", "",
      "must not have an item at 1" },
    { "{" SCHEMA_07 ",\"additionalItems\":false}", "[1]", NULL, NULL },
    { "{" SCHEMA_07 ",\"definitions\":{\"a\":{\"$id\":\"#a\",\"type\":"
      "\"null\"}},\"properties\":{\"x\":{\"$ref\":\"#a\",\"minimum\":5}}}",
      "{\"x\":null}", NULL, NULL },
    { "{" SCHEMA_07 ",\"dependencies\":{\"a\":[\"b\"],\"c\":{\"type\":"
      "\"null\"}}}", "{\"a\":1}", "",
      "missing property \"b\", required where there is \"a\"" },
    { "{" SCHEMA_07 ",\"contains\":{\"type\":\"null\"},\"minContains\":2}",
      "[null]", NULL, NULL },
    { "{" SCHEMA_07 ",\"prefixItems\":[false],\"unevaluatedItems\":false,"
      "\"dependentRequired\":{\"a\":[\"b\"]}}", "[1]", NULL, NULL },

    /* no more than annotations */

    { "{\"format\":\"email\",\"contentEncoding\":\"base64\",\"title\":\"t\","
      "\"x-of-mine\":{\"type\":1},\"default\":1}", "\"%\"", NULL, NULL },

    { NULL, NULL, NULL, NULL }
};


static schema_refuse_t  schema_refused[] = {
    { "1", "", "a schema must be an object or a boolean, got number" },
    { "{\"properties\":{\"a\":[]}}", "/properties/a",
      "a schema must be an object or a boolean, got array" },
    { "{\"minLength\":\"3\"}", "/minLength",
      "\"minLength\" must be a non-negative integer, got string" },
    { "{\"minLength\":-1}", "/minLength",
      "\"minLength\" must be a non-negative integer, got number" },
    { "{\"maxItems\":1.5}", "/maxItems",
      "\"maxItems\" must be a non-negative integer, got number" },
    { "{\"maximum\":\"1\"}", "/maximum",
      "\"maximum\" must be a number, got string" },
    { "{\"multipleOf\":0}", "/multipleOf",
      "\"multipleOf\" must be a number above zero, got number" },
    { "{\"type\":\"int\"}", "/type", "\"type\" must be one of \"null\", "
      "\"boolean\", \"integer\", \"number\", \"string\", \"array\" and "
      "\"object\"" },
    { "{\"type\":[]}", "/type", "\"type\" must not be empty" },
    { "{\"type\":[\"null\",\"null\"]}", "/type/1",
      "the type \"null\" is named twice" },
    { "{\"type\":{}}", "/type",
      "\"type\" must be a string or an array, got object" },
    { "{\"enum\":1}", "/enum", "\"enum\" must be an array, got number" },
    { "{\"uniqueItems\":1}", "/uniqueItems",
      "\"uniqueItems\" must be a boolean, got number" },
    { "{\"required\":\"a\"}", "/required",
      "\"required\" must be an array of strings, got string" },
    { "{\"required\":[\"a\",1]}", "/required/1",
      "an element must be a string, got number" },
    { "{\"properties\":[]}", "/properties",
      "\"properties\" must be an object, got array" },
    { "{\"allOf\":[]}", "/allOf", "\"allOf\" must not be empty" },
    { "{\"anyOf\":{}}", "/anyOf", "\"anyOf\" must be an array, got object" },
    { "{\"items\":[true]}", "/items", "\"items\" must be a schema, an array "
      "of schemas is \"prefixItems\"" },
    { "{\"dependentRequired\":{\"a\":true}}", "/dependentRequired/a",
      "\"a\" must be an array of strings, got boolean" },
    { "{\"dependentSchemas\":{\"a\":[]}}", "/dependentSchemas/a",
      "a schema must be an object or a boolean, got array" },
    { "{\"title\":1}", "/title", "\"title\" must be a string, got number" },
    { "{\"deprecated\":\"x\"}", "/deprecated",
      "\"deprecated\" must be a boolean, got string" },
    { "{\"examples\":{}}", "/examples",
      "\"examples\" must be an array, got object" },
    { "{\"properties\":{\"a~/b\":{\"pattern\":\"a(b\"}}}",
      "/properties/a~0~1b/pattern", "the pattern \"a(b\" is not a valid "
      "regular expression: missing closing parenthesis at offset 3" },
    { "{\"pattern\":\"\\\\d\\\\d[z-a]\"}", "/pattern", "the pattern "
      "\"\\d\\d[z-a]\" is not a valid regular expression: range out of "
      "order in character class at offset 7" },
    { "{\"pattern\":\"\\\\C\"}", "/pattern", "the pattern \"\\C\" is not a "
      "valid regular expression: using \\C is disabled by the application "
      "at offset 2" },
    { "{\"patternProperties\":{\"*\":true}}", "/patternProperties/*",
      "the pattern \"*\" is not a valid regular expression: quantifier does "
      "not follow a repeatable item at offset 0" },
    { "{\"pattern\":1}", "/pattern",
      "\"pattern\" must be a string, got number" },

    { "{\"$schema\":\"http://json-schema.org/draft-04/schema#\"}", "/$schema",
      "the dialect \"http://json-schema.org/draft-04/schema#\" is not "
      "supported, JSON Schema 2020-12 and draft-07 are" },
    { "{\"$schema\":1}", "/$schema",
      "\"$schema\" must be a string, got number" },
    { "{\"items\":{" SCHEMA_07 "}}", "/items/$schema",
      "\"$schema\" can only change where an \"$id\" is" },
    { "{\"$id\":1}", "/$id", "\"$id\" must be a string, got number" },
    { "{\"$id\":\"a#b\"}", "/$id",
      "\"$id\" must not have a fragment, use \"$anchor\"" },
    { "{\"$defs\":{\"a\":{\"$id\":\"x\"},\"b\":{\"$id\":\"./x\"}}}",
      "/$defs/b/$id", "\"$id\" \"x\" is used twice" },
    { "{\"$anchor\":\"1\"}", "/$anchor", "\"$anchor\" must begin with a "
      "letter or \"_\" and go on with letters, digits, \"-\", \"_\" and "
      "\".\"" },
    { "{\"$anchor\":\"a\",\"items\":{\"$dynamicAnchor\":\"a\"}}",
      "/items/$dynamicAnchor", "the anchor \"a\" is used twice" },
    { "{\"$ref\":1}", "/$ref", "\"$ref\" must be a string, got number" },
    { "{\"$ref\":\"https://example.com/s.json\"}", "/$ref",
      "the reference \"https://example.com/s.json\" leads out of this "
      "document and is not followed" },
    { "{\"$ref\":\"https://json-schema.org/draft/2020-12/schema\"}", "/$ref",
      "the reference \"https://json-schema.org/draft/2020-12/schema\" leads "
      "out of this document and is not followed" },
    { "{\"items\":{\"$ref\":\"#/$defs/x\"}}", "/items/$ref",
      "the reference \"#/$defs/x\" leads to nothing" },
    { "{\"items\":{\"$ref\":\"#x\"}}", "/items/$ref",
      "the reference \"#x\" names an anchor that does not exist" },
    { "{\"prefixItems\":[true],\"$ref\":\"#/prefixItems/00\"}", "/$ref",
      "the reference \"#/prefixItems/00\" leads to nothing" },
    { "{\"$ref\":\"#/x\",\"x\":1}", "/x",
      "a schema must be an object or a boolean, got number" },
    { "{\"$ref\":\"#\"}", "", "the schema refers to itself for the same "
      "value, which would never end" },
    { "{\"$defs\":{\"a\":{\"$ref\":\"#/$defs/b\"},\"b\":{\"anyOf\":[true,"
      "{\"$ref\":\"#/$defs/a\"}]}}}", "/$defs/b/anyOf/1", "the schema "
      "refers to itself for the same value, which would never end" },
    { "{\"dependentSchemas\":{\"a\":{\"if\":{\"$ref\":\"#\"}}}}",
      "/dependentSchemas/a/if", "the schema refers to itself for the same "
      "value, which would never end" },
    { NULL, NULL, NULL }
};


static cJSON *schema_json(ngx_pool_t *pool, const char *text);
static mcp_schema_t *schema_compile(ngx_pool_t *pool, const char *text);
static void schema_test_checks(void);
static void schema_test_refused(void);
static void schema_test_many(void);
static void schema_test_made(void);


int
main(int argc, char **argv)
{
    schema_test_checks();
    schema_test_refused();
    schema_test_many();
    schema_test_made();

    return unit_done();
}


static cJSON *
schema_json(ngx_pool_t *pool, const char *text)
{
    cJSON           *json;
    ngx_str_t        s;
    mcp_json_doc_t   doc;

    s.data = (u_char *) text;
    s.len = ngx_strlen(text);

    if (mcp_json_parse(pool, &s, &doc, &json) != NGX_OK) {
        unit_ok(0, "JSON: %s", text);
        exit(1);
    }

    return json;
}


static mcp_schema_t *
schema_compile(ngx_pool_t *pool, const char *text)
{
    mcp_schema_t        *schema;
    mcp_schema_error_t   err;

    if (mcp_schema_compile(pool, schema_json(pool, text), &schema, &err)
        != NGX_OK)
    {
        unit_ok(0, "%s: %.*s", text, (int) err.text.len, err.text.data);
        exit(1);
    }

    return schema;
}


static void
schema_test_checks(void)
{
    cJSON               *instance;
    ngx_int_t            rc;
    ngx_str_t            path, text;
    ngx_pool_t          *pool;
    mcp_schema_t        *schema;
    schema_check_t      *row;
    mcp_schema_error_t   err;

    for (row = schema_checks; row->schema; row++) {

        pool = unit_pool();

        schema = schema_compile(pool, row->schema);
        instance = schema_json(pool, row->instance);

        rc = mcp_schema_check(schema, instance, pool, &err);

        if (row->text == NULL) {
            if (!unit_is_int(rc, NGX_OK, "%s: %s", row->schema,
                             row->instance)
                && rc == NGX_DECLINED)
            {
                unit_diag("%.*s", (int) err.text.len, err.text.data);
            }

        } else if (unit_is_int(rc, NGX_DECLINED, "%s: not %s", row->schema,
                               row->instance))
        {
            path.data = (u_char *) row->path;
            path.len = ngx_strlen(row->path);
            text.data = (u_char *) row->text;
            text.len = ngx_strlen(row->text);

            unit_is(&err.path, &path, "%s: path", row->schema);
            unit_is(&err.text, &text, "%s: text", row->schema);
        }

        ngx_destroy_pool(pool);
    }
}


static void
schema_test_refused(void)
{
    ngx_int_t            rc;
    ngx_str_t            path, text;
    ngx_pool_t          *pool;
    mcp_schema_t        *schema;
    schema_refuse_t     *row;
    mcp_schema_error_t   err;

    for (row = schema_refused; row->schema; row++) {

        pool = unit_pool();

        rc = mcp_schema_compile(pool, schema_json(pool, row->schema), &schema,
                                &err);

        if (unit_is_int(rc, NGX_DECLINED, "refused: %s", row->schema)) {
            path.data = (u_char *) row->path;
            path.len = ngx_strlen(row->path);
            text.data = (u_char *) row->text;
            text.len = ngx_strlen(row->text);

            unit_is(&err.path, &path, "%s: path", row->schema);
            unit_is(&err.text, &text, "%s: text", row->schema);
        }

        ngx_destroy_pool(pool);
    }
}


/* more than fits the bits of the common case */

static void
schema_test_many(void)
{
    char                 name[16];
    cJSON               *root, *properties, *required, *instance;
    ngx_int_t            rc;
    ngx_uint_t           i;
    ngx_pool_t          *pool;
    mcp_schema_t        *schema;
    mcp_schema_error_t   err;

    pool = unit_pool();

    root = cJSON_CreateObject();
    instance = cJSON_CreateObject();
    properties = cJSON_AddObjectToObject(root, "properties");
    required = cJSON_AddArrayToObject(root, "required");
    cJSON_AddFalseToObject(root, "unevaluatedProperties");

    for (i = 0; i < 200; i++) {
        (void) sprintf(name, "p%u", (unsigned) i);
        cJSON_AddTrueToObject(properties, name);
        cJSON_AddItemToArray(required, cJSON_CreateString(name));
        cJSON_AddNumberToObject(instance, name, i);
    }

    rc = mcp_schema_compile(pool, root, &schema, &err);
    unit_is_int(rc, NGX_OK, "200 properties");

    rc = mcp_schema_check(schema, instance, pool, &err);
    unit_is_int(rc, NGX_OK, "200 properties, all there");

    for (i = 0; i < 200; i += 199 / 3) {
        (void) sprintf(name, "p%u", (unsigned) i);
        cJSON_DeleteItemFromObjectCaseSensitive(instance, name);

        rc = mcp_schema_check(schema, instance, pool, &err);
        unit_is_int(rc, NGX_DECLINED, "200 properties, %s is missing", name);

        cJSON_AddNumberToObject(instance, name, i);
    }

    cJSON_AddNumberToObject(instance, "p200", 0);

    rc = mcp_schema_check(schema, instance, pool, &err);
    unit_is_int(rc, NGX_DECLINED, "200 properties, one is not evaluated");

    cJSON_Delete(instance);
    cJSON_Delete(root);
    ngx_destroy_pool(pool);
}


/* values that only handlers make */

static void
schema_test_made(void)
{
    cJSON               *value;
    ngx_pool_t          *pool;
    mcp_schema_t        *schema;
    mcp_schema_error_t   err;

    pool = unit_pool();

    schema = schema_compile(pool, "{\"pattern\":\"a\",\"maximum\":1}");

    value = cJSON_CreateString("\xff" "a");
    unit_is_int(mcp_schema_check(schema, value, pool, &err), NGX_DECLINED,
                "a string that is not UTF-8");
    cJSON_Delete(value);

    value = cJSON_CreateNumber(HUGE_VAL);
    unit_is_int(mcp_schema_check(schema, value, pool, &err), NGX_DECLINED,
                "an infinite number");
    cJSON_Delete(value);

    value = cJSON_CreateRaw("\"a\"");
    unit_is_int(mcp_schema_check(schema, value, pool, &err), NGX_DECLINED,
                "raw text");
    cJSON_Delete(value);

    value = cJSON_CreateStringReference(NULL);
    unit_is_int(mcp_schema_check(schema, value, pool, &err), NGX_DECLINED,
                "a string that is NULL");
    cJSON_Delete(value);

    value = cJSON_CreateNumber(0.1 + 0.2);
    schema = schema_compile(pool, "{\"multipleOf\":0.1}");
    unit_is_int(mcp_schema_check(schema, value, pool, &err), NGX_DECLINED,
                "a double with the noise it has");
    cJSON_Delete(value);

    ngx_destroy_pool(pool);
}
