
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_openapi: schemas of 3.0 and 3.1 as those of tools */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_openapi.h>
#include "openapi.h"


static openapi_row_t  openapi_rows[] = {

    { "required in another part than the member",
      "openapi: 3.0.3\n"
      "paths:\n"
      "  /a:\n"
      "    post:\n"
      "      operationId: a\n"
      "      requestBody: {content: {application/json: {schema: {type: array,"
      " items: {$ref: '#/components/schemas/A'}}}}}\n"
      "      responses: {'200': {content: {application/json: {schema: {$ref: "
      "'#/components/schemas/A'}}}}}\n"
      "components:\n"
      "  schemas:\n"
      "    A: {allOf: [{$ref: '#/components/schemas/B'}, {required: [r, w, x], "
      "properties: {y: {required: [r]}}}], required: [r, w]}\n"
      "    B: {type: object, properties: {r: {type: string, readOnly: true}, "
      "w: {type: string, writeOnly: true}, x: {type: string}}}\n",
      "a POST /_api/a\n"
      " header: Accept=application/json\n"
      " body: json from body\n"
      " in: {\"type\":\"object\",\"properties\":{\"body\":{\"type\":\"array\","
      "\"items\":{\"allOf\":[{\"type\":\"object\",\"properties\":{\"w\":{"
      "\"type\":\"string\"},\"x\":{\"type\":\"string\"}}},{\"required\":"
      "[\"w\",\"x\"],\"properties\":{\"y\":{\"required\":[\"r\"]}}}],"
      "\"required\":[\"w\"]}}},\"additionalProperties\":false}\n"
      " out: {\"type\":\"object\",\"allOf\":[{\"type\":\"object\","
      "\"properties\":{\"r\":{\"type\":\"string\"},\"x\":{\"type\":\"string\""
      "}}},{\"required\":[\"r\",\"x\"],\"properties\":{\"y\":{\"required\":"
      "[\"r\"]}}}],\"required\":[\"r\"]}\n" },

    { "required beside a reference",
      "openapi: 3.1.0\n"
      "paths: {/a: {post: {operationId: a, requestBody: {content: "
      "{application/json: {schema: {type: array, items: {$ref: "
      "'#/components/schemas/B', required: [r, s, x], properties: {s: "
      "{readOnly: true}}}}}}}}}}\n"
      "components: {schemas: {B: {properties: {r: {readOnly: true}, x: {}}, "
      "required: [r, x]}}}\n",
      "a POST /_api/a\n"
      " body: json from body\n"
      " in: {\"type\":\"object\",\"properties\":{\"body\":{\"type\":\"array\","
      "\"items\":{\"allOf\":[{\"properties\":{\"x\":{}},\"required\":["
      "\"x\"]}],\"required\":[\"x\"],\"properties\":{}}}},"
      "\"additionalProperties\":false}\n" },

    { "a default of no type",
      "openapi: 3.1.0\n"
      "paths: {/a: {get: {operationId: a, parameters: [{name: v, in: query, "
      "schema: {type: [string, 'null'], default: 5}}]}}}\n",
      "a GET /_api/a{?v*}\n"
      " in: {\"type\":\"object\",\"properties\":{\"v\":{\"type\":[\"string\","
      "\"null\"],\"default\":5}},\"additionalProperties\":false}\n" },

    { "a byte order mark before JSON",
      "\xef\xbb\xbf{\"openapi\": \"3.1.0\",\n\t\"paths\": {\"/a\": {\"get\": {"
      "\"operationId\": \"a\", \"parameters\": [{\"name\": \"v\", \"in\": "
      "\"query\", \"description\": \"\\ud83d\\ude00\"}]}}}}",
      "a GET /_api/a{?v*}\n"
      " in: {\"type\":\"object\",\"properties\":{\"v\":{\"type\":\"string\","
      "\"description\":\"\xf0\x9f\x98\x80\"}},"
      "\"additionalProperties\":false}\n" },

    { "3.0 nullable",
      "openapi: 3.0.3\n"
      "paths: {/a: {post: {operationId: a, requestBody: {content: "
      "{application/json: {schema: {type: array, items: {type: string, "
      "nullable: true, enum: [a, b]}}}}}}}}\n",
      "a POST /_api/a\n"
      " body: json from body\n"
      " in: {\"type\":\"object\",\"properties\":{\"body\":{\"type\":\"array"
      "\",\"items\":{\"type\":[\"string\",\"null\"],\"enum\":[\"a\",\"b\","
      "null]}}},\"additionalProperties\":false}\n" },

    { "3.0 nullable with null",
      "openapi: 3.0.3\n"
      "paths: {/a: {post: {operationId: a, requestBody: {content: "
      "{application/json: {schema: {type: array, items: {type: string, "
      "nullable: true, enum: [a, null]}}}}}}}}\n",
      "a POST /_api/a\n"
      " body: json from body\n"
      " in: {\"type\":\"object\",\"properties\":{\"body\":{\"type\":\"array"
      "\",\"items\":{\"type\":[\"string\",\"null\"],\"enum\":[\"a\","
      "null]}}},\"additionalProperties\":false}\n" },

    { "3.0 nullable composed",
      "openapi: 3.0.3\n"
      "paths: {/a: {post: {operationId: a, requestBody: {content: "
      "{application/json: {schema: {type: array, items: {nullable: true, "
      "allOf: [{type: object}], description: d}}}}}}}}\n",
      "a POST /_api/a\n"
      " body: json from body\n"
      " in: {\"type\":\"object\",\"properties\":{\"body\":{\"type\":\"array"
      "\",\"items\":{\"anyOf\":[{\"allOf\":[{\"type\":\"object\"}],"
      "\"description\":\"d\"},{\"type\":\"null\"}]}}},"
      "\"additionalProperties\":false}\n" },

    { "3.0 nullable without type",
      "openapi: 3.0.3\n"
      "paths: {/a: {post: {operationId: a, requestBody: {content: "
      "{application/json: {schema: {type: array, items: {nullable: "
      "true}}}}}}}}\n",
      "a POST /_api/a\n"
      " body: json from body\n"
      " in: {\"type\":\"object\",\"properties\":{\"body\":{\"type\":\"array"
      "\",\"items\":{}}},\"additionalProperties\":false}\n" },

    { "3.0 exclusive",
      "openapi: 3.0.3\n"
      "paths: {/a: {post: {operationId: a, requestBody: {content: "
      "{application/json: {schema: {type: array, items: {type: number, "
      "minimum: 1, exclusiveMinimum: true, maximum: 2.50, exclusiveMaximum: "
      "false}}}}}}}}\n",
      "a POST /_api/a\n"
      " body: json from body\n"
      " in: {\"type\":\"object\",\"properties\":{\"body\":{\"type\":\"array"
      "\",\"items\":{\"type\":\"number\",\"exclusiveMinimum\":1,"
      "\"maximum\":2.50}}},\"additionalProperties\":false}\n" },

    { "3.1 exclusive",
      "openapi: 3.1.0\n"
      "paths: {/a: {post: {operationId: a, requestBody: {content: "
      "{application/json: {schema: {type: array, items: {type: [number, "
      "\"null\"], exclusiveMinimum: 1, exclusiveMaximum: 2}}}}}}}}\n",
      "a POST /_api/a\n"
      " body: json from body\n"
      " in: {\"type\":\"object\",\"properties\":{\"body\":{\"type\":\"array"
      "\",\"items\":{\"type\":[\"number\",\"null\"],\"exclusiveMinimum\":1,"
      "\"exclusiveMaximum\":2}}},\"additionalProperties\":false}\n" },

    { "siblings in 3.0",
      "openapi: 3.0.3\n"
      "paths: {/a: {post: {operationId: a, requestBody: {content: "
      "{application/json: {schema: {type: array, items: {$ref: \"#/x/s\", "
      "description: ignored}}}}}}}}\n"
      "x: {s: {type: string}}\n",
      "a POST /_api/a\n"
      " body: json from body\n"
      " in: {\"type\":\"object\",\"properties\":{\"body\":{\"type\":\"array"
      "\",\"items\":{\"type\":\"string\"}}},\"additionalProperties\":false}"
      "\n" },

    { "siblings in 3.1",
      "openapi: 3.1.0\n"
      "paths: {/a: {post: {operationId: a, requestBody: {content: "
      "{application/json: {schema: {type: array, items: {$ref: \"#/x/s\", "
      "description: d, maxLength: 3}}}}}}}}\n"
      "x: {s: {type: string}}\n",
      "a POST /_api/a\n"
      " body: json from body\n"
      " in: {\"type\":\"object\",\"properties\":{\"body\":{\"type\":\"array"
      "\",\"items\":{\"allOf\":[{\"type\":\"string\"}],"
      "\"description\":\"d\",\"maxLength\":3}}},\"additionalProperties\":fal"
      "se}\n" },

    { "siblings and allOf",
      "openapi: 3.1.0\n"
      "paths: {/a: {post: {operationId: a, requestBody: {content: "
      "{application/json: {schema: {type: array, items: {$ref: \"#/x/s\", "
      "allOf: [{maxLength: 3}]}}}}}}}}\n"
      "x: {s: {type: string}}\n",
      "a POST /_api/a\n"
      " body: json from body\n"
      " in: {\"type\":\"object\",\"properties\":{\"body\":{\"type\":\"array"
      "\",\"items\":{\"allOf\":[{\"type\":\"string\"},{\"maxLength\":3}]}}},"
      "\"additionalProperties\":false}\n" },

    { "left out",
      "openapi: 3.1.0\n"
      "paths: {/a: {post: {operationId: a, requestBody: {content: "
      "{application/json: {schema: {type: array, items: {type: string, "
      "example: a, examples: [a], xml: {}, discriminator: {propertyName: a},"
      " externalDocs: {}, x-y: 1, $id: \"http://a/\", $anchor: a, $schema: "
      "\"http://b/\"}}}}}}}}\n",
      "a POST /_api/a\n"
      " body: json from body\n"
      " in: {\"type\":\"object\",\"properties\":{\"body\":{\"type\":\"array"
      "\",\"items\":{\"type\":\"string\"}}},\"additionalProperties\":false}"
      "\n" },

    { "of the wrong kind",
      "openapi: 3.0.3\n"
      "paths: {/a: {post: {operationId: a, requestBody: {content: "
      "{application/json: {schema: {type: array, items: {type: file, "
      "minLength: -1, maxLength: 1.5, minimum: \"1\", multipleOf: 0, "
      "pattern: 3, required: true, enum: [], properties: [], items: [], "
      "allOf: {}, description: 5, uniqueItems: \"yes\", deprecated: true, "
      "title: \"\", default: 1}}}}}}}}\n",
      "a POST /_api/a\n"
      " body: json from body\n"
      " in: {\"type\":\"object\",\"properties\":{\"body\":{\"type\":\"array"
      "\",\"items\":{\"deprecated\":true,\"default\":1}}},"
      "\"additionalProperties\":false}\n" },

    { "items of the wrong kind",
      "openapi: 3.0.3\n"
      "paths: {/a: {post: {operationId: a, requestBody: {content: "
      "{application/json: {schema: {type: array, items: {type: [string, "
      "what, string, integer], required: [a, 1], allOf: [1, {type: object}],"
      " properties: {a: 1}}}}}}}}}\n",
      "a POST /_api/a\n"
      " body: json from body\n"
      " in: {\"type\":\"object\",\"properties\":{\"body\":{\"type\":\"array"
      "\",\"items\":{\"type\":[\"string\",\"integer\"],\"required\":[\"a\"],"
      "\"allOf\":[{},{\"type\":\"object\"}],\"properties\":{\"a\":{}}}}},"
      "\"additionalProperties\":false}\n" },

    { "patterns",
      "openapi: 3.1.0\n"
      "paths: {/a: {post: {operationId: a, requestBody: {content: "
      "{application/json: {schema: {type: array, items: {type: object, "
      "properties: {a: {type: string, pattern: \"^a+$\"}, b: {type: string, "
      "pattern: \"(\"}}, patternProperties: {\"^x\": {}, \"(\": "
      "{}}}}}}}}}}\n",
      "a POST /_api/a\n"
      " body: json from body\n"
      " in: {\"type\":\"object\",\"properties\":{\"body\":{\"type\":\"array"
      "\",\"items\":{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"s"
      "tring\",\"pattern\":\"^a+$\"},\"b\":{\"type\":\"string\"}},"
      "\"patternProperties\":{\"^x\":{}}}}},\"additionalProperties\":false}"
      "\n" },

    { "all of 3.1",
      "openapi: 3.1.0\n"
      "paths: {/a: {post: {operationId: a, requestBody: {content: "
      "{application/json: {schema: {type: array, items: {type: object, "
      "const: {a: 1}, if: {required: [a]}, then: {minProperties: 1}, else: "
      "false, not: {type: string}, contains: {}, minContains: 1, "
      "prefixItems: [{}, true], propertyNames: {maxLength: 3}, "
      "dependentSchemas: {a: {}}, unevaluatedProperties: false, "
      "unevaluatedItems: {}, contentEncoding: base64, contentMediaType: "
      "image/png}}}}}}}}\n",
      "a POST /_api/a\n"
      " body: json from body\n"
      " in: {\"type\":\"object\",\"properties\":{\"body\":{\"type\":\"array"
      "\",\"items\":{\"type\":\"object\",\"const\":{\"a\":1},"
      "\"if\":{\"required\":[\"a\"]},\"then\":{\"minProperties\":1},"
      "\"else\":false,\"not\":{\"type\":\"string\"},\"contains\":{},"
      "\"minContains\":1,\"prefixItems\":[{},true],\"propertyNames\":{\"maxL"
      "ength\":3},\"dependentSchemas\":{\"a\":{}},\"unevaluatedProperties\":"
      "false,\"unevaluatedItems\":{},\"contentEncoding\":\"base64\","
      "\"contentMediaType\":\"image/png\"}}},\"additionalProperties\":false}"
      "\n" },

    { "readOnly",
      "openapi: 3.0.3\n"
      "paths: {/a: {post: {operationId: a, requestBody: {content: "
      "{application/json: {schema: {type: array, items: {type: object, "
      "required: [a, b], properties: {a: {readOnly: true}, b: {writeOnly: "
      "true}, c: {$ref: \"#/x/ro\"}}}}}}}}}}\n"
      "x: {ro: {type: string, readOnly: true}}\n",
      "a POST /_api/a\n"
      " body: json from body\n"
      " in: {\"type\":\"object\",\"properties\":{\"body\":{\"type\":\"array"
      "\",\"items\":{\"type\":\"object\",\"required\":[\"b\"],"
      "\"properties\":{\"b\":{}}}}},\"additionalProperties\":false}\n" },

    { "recursion",
      "openapi: 3.0.3\n"
      "paths: {/a: {post: {operationId: a, requestBody: {content: "
      "{application/json: {schema: {type: array, items: {$ref: "
      "\"#/x/Node\"}}}}}}}}\n"
      "x: {Node: {type: object, properties: {child: {$ref: \"#/x/Node\"}, "
      "list: {type: array, items: {$ref: \"#/x/Node\"}}}}}\n",
      "a POST /_api/a\n"
      " body: json from body\n"
      " in: {\"type\":\"object\",\"properties\":{\"body\":{\"type\":\"array"
      "\",\"items\":{\"$ref\":\"#/$defs/Node\"}}},\"additionalProperties\":f"
      "alse,\"$defs\":{\"Node\":{\"type\":\"object\","
      "\"properties\":{\"child\":{\"$ref\":\"#/$defs/Node\"},"
      "\"list\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/Node\"}}}}"
      "}}\n" },

    { "recursion by way of another",
      "openapi: 3.0.3\n"
      "paths: {/a: {post: {operationId: a, requestBody: {content: "
      "{application/json: {schema: {type: array, items: {$ref: "
      "\"#/x/A\"}}}}}}}}\n"
      "x: {A: {properties: {b: {$ref: \"#/x/B\"}}}, B: {properties: {a: "
      "{$ref: \"#/x/A\"}}}}\n",
      "a POST /_api/a\n"
      " body: json from body\n"
      " in: {\"type\":\"object\",\"properties\":{\"body\":{\"type\":\"array"
      "\",\"items\":{\"$ref\":\"#/$defs/A\"}}},\"additionalProperties\":fals"
      "e,\"$defs\":{\"A\":{\"properties\":{\"b\":{\"properties\":{\"a\":{\"$"
      "ref\":\"#/$defs/A\"}}}}}}}\n" },

    { "used twice",
      "openapi: 3.0.3\n"
      "paths: {/a: {post: {operationId: a, requestBody: {content: "
      "{application/json: {schema: {type: array, items: {type: object, "
      "properties: {a: {$ref: \"#/x/Big\"}, b: {$ref: \"#/x/Big\"}, c: "
      "{$ref: \"#/x/Small\"}, d: {$ref: \"#/x/Small\"}}}}}}}}}}\n"
      "x: {Big: {properties: {s: {$ref: \"#/x/Small\"}}}, Small: {type: "
      "string}}\n",
      "a POST /_api/a\n"
      " body: json from body\n"
      " in: {\"type\":\"object\",\"properties\":{\"body\":{\"type\":\"array"
      "\",\"items\":{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#"
      "/$defs/Big\"},\"b\":{\"$ref\":\"#/$defs/Big\"},"
      "\"c\":{\"type\":\"string\"},\"d\":{\"type\":\"string\"}}}}},"
      "\"additionalProperties\":false,\"$defs\":{\"Big\":{\"properties\":{\""
      "s\":{\"type\":\"string\"}}}}}\n" },

    { "two of one name",
      "openapi: 3.0.3\n"
      "paths: {/a: {post: {operationId: a, requestBody: {content: "
      "{application/json: {schema: {type: array, items: {type: object, "
      "properties: {a: {$ref: \"#/x/N\"}, b: {$ref: \"#/y/N\"}, c: {$ref: "
      "\"#/x/N\"}, d: {$ref: \"#/y/N\"}}}}}}}}}}\n"
      "x: {N: {properties: {s: {$ref: \"#/x/S\"}}}, S: {type: string}}\n"
      "y: {N: {properties: {t: {$ref: \"#/x/S\"}}}}\n",
      "a POST /_api/a\n"
      " body: json from body\n"
      " in: {\"type\":\"object\",\"properties\":{\"body\":{\"type\":\"array"
      "\",\"items\":{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#"
      "/$defs/N\"},\"b\":{\"$ref\":\"#/$defs/N_2\"},\"c\":{\"$ref\":\"#/$def"
      "s/N\"},\"d\":{\"$ref\":\"#/$defs/N_2\"}}}}},\"additionalProperties\":"
      "false,\"$defs\":{\"N\":{\"properties\":{\"s\":{\"type\":\"string\"}}}"
      ",\"N_2\":{\"properties\":{\"t\":{\"type\":\"string\"}}}}}\n" },

    { "a circle",
      "openapi: 3.0.3\n"
      "paths: {/a: {post: {operationId: a, requestBody: {content: "
      "{application/json: {schema: {type: array, items: {$ref: "
      "\"#/x/A\"}}}}}}}}\n"
      "x: {A: {allOf: [{$ref: \"#/x/B\"}]}, B: {allOf: [{$ref: "
      "\"#/x/A\"}]}}\n",
      "a skipped: input schema at /$defs/A/allOf/0/allOf/0: the schema "
      "refers to itself for the same value, which would never end\n" },

    { "a reference to itself",
      "openapi: 3.0.3\n"
      "paths: {/a: {post: {operationId: a, requestBody: {content: "
      "{application/json: {schema: {type: array, items: {type: object, "
      "properties: {a: {$ref: \"#/x/A\"}}}}}}}}}}\n"
      "x: {A: {$ref: \"#/x/A\"}}\n",
      "a skipped: \"$ref\" leads from one to another without end\n" },

    { "nowhere",
      "openapi: 3.0.3\n"
      "paths: {/a: {post: {operationId: a, requestBody: {content: "
      "{application/json: {schema: {type: array, items: {type: object, "
      "properties: {a: {$ref: \"#/x/A\"}}}}}}}}}}\n",
      "a skipped: \"$ref\" leads to \"#/x/A\", which is not there\n" },

    { "nowhere, further in",
      "openapi: 3.0.3\n"
      "paths: {/a: {post: {operationId: a, requestBody: {content: "
      "{application/json: {schema: {type: array, items: {type: object, "
      "properties: {a: {$ref: \"#/x/A\"}}}}}}}}}}\n"
      "x: {A: {properties: {b: {$ref: \"b.yaml\"}}}}\n",
      "a skipped: \"$ref\" leads out of the document, to \"b.yaml\"\n" },

    { "dynamic",
      "openapi: 3.1.0\n"
      "paths: {/a: {post: {operationId: a, requestBody: {content: "
      "{application/json: {schema: {type: array, items: {$dynamicRef: "
      "\"#a\"}}}}}}}}\n",
      "a skipped: \"$dynamicRef\" is not supported\n" },

    { "the document",
      "openapi: 3.0.3\n"
      "paths: {/a: {post: {operationId: a, requestBody: {content: "
      "{application/json: {schema: {type: array, items: {$ref: "
      "\"#\"}}}}}}}}\n",
      "a POST /_api/a\n"
      " body: json from body\n"
      " in: {\"type\":\"object\",\"properties\":{\"body\":{\"type\":\"array"
      "\",\"items\":{}}},\"additionalProperties\":false}\n" },

    { "anchors",
      "openapi: 3.1.0\n"
      "paths: {/a: {post: {operationId: a, requestBody: {content: "
      "{application/json: {schema: {type: array, items: {$ref: "
      "\"#a\"}}}}}}}}\n",
      "a skipped: \"$ref\" leads to \"#a\", which is not there\n" },

    { "booleans",
      "openapi: 3.1.0\n"
      "paths: {/a: {post: {operationId: a, requestBody: {content: "
      "{application/json: {schema: {type: array, items: {type: object, "
      "properties: {a: true, b: false}, additionalProperties: "
      "false}}}}}}}}\n",
      "a POST /_api/a\n"
      " body: json from body\n"
      " in: {\"type\":\"object\",\"properties\":{\"body\":{\"type\":\"array"
      "\",\"items\":{\"type\":\"object\",\"properties\":{\"a\":true,"
      "\"b\":false},\"additionalProperties\":false}}},"
      "\"additionalProperties\":false}\n" }
};


int
main(void)
{
    ngx_uint_t  i;

    for (i = 0; i < unit_nelts(openapi_rows); i++) {
        openapi_test_row(&openapi_rows[i]);
    }

    return unit_done();
}
