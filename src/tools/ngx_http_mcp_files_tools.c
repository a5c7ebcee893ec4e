
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_http_mcp_files.h>


#define NGX_HTTP_MCP_FILES_ROOT                                              \
    "\"root\":{"                                                             \
      "\"type\":\"string\","                                                 \
      "\"description\":\"The root that path is below. May be left out if"    \
        " there is only one; list_files without it lists them.\"}"

#define NGX_HTTP_MCP_FILES_NAMES                                             \
    "\"names\":{"                                                            \
      "\"type\":\"array\",\"maxItems\":16,"                                  \
      "\"items\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":255},"   \
      "\"description\":\"Only files whose name fits one of these patterns:"  \
        " * is anything, ? one character; a pattern with a / is one of the"  \
        " whole path. For example [\\\"*.c\\\",\\\"*.h\\\"].\"}"

#define NGX_HTTP_MCP_FILES_ROOT_OUT                                          \
    "\"root\":{\"type\":\"string\"}"

#define NGX_HTTP_MCP_FILES_FLAGS                                             \
    (NGX_HTTP_MCP_READ_ONLY|NGX_HTTP_MCP_IDEMPOTENT|NGX_HTTP_MCP_BLOCKING)


static const char  ngx_http_mcp_files_list_input[] =
    "{"
      "\"type\":\"object\","
      "\"properties\":{"
        NGX_HTTP_MCP_FILES_ROOT ","
        "\"path\":{"
          "\"type\":\"string\",\"default\":\"\",\"maxLength\":4096,"
          "\"description\":\"The directory, relative to the root; empty: the"
            " root itself.\"},"
        "\"depth\":{"
          "\"type\":\"integer\",\"minimum\":1,\"maximum\":64,\"default\":1,"
          "\"description\":\"How many levels: 1 is the directory alone, 64"
            " is everything below it.\"},"
        NGX_HTTP_MCP_FILES_NAMES ","
        "\"max_entries\":{"
          "\"type\":\"integer\",\"minimum\":1,\"maximum\":10000,"
          "\"default\":1000,"
          "\"description\":\"Stop after this many entries.\"}"
      "},"
      "\"additionalProperties\":false,"
      "\"examples\":[{},{\"path\":\"src\",\"depth\":64,"
        "\"names\":[\"*.md\"]}]"
    "}";

static const char  ngx_http_mcp_files_list_output[] =
    "{"
      "\"type\":\"object\","
      "\"properties\":{"
        NGX_HTTP_MCP_FILES_ROOT_OUT ","
        "\"count\":{\"type\":\"integer\","
          "\"description\":\"How many entries are listed.\"},"
        "\"truncated\":{\"type\":\"string\","
          "\"enum\":[\"entries\",\"time\",\"directory\"],"
          "\"description\":\"There if not everything is listed: max_entries"
            " was reached, it took too long, or one directory has over 10000"
            " entries.\"},"
        "\"entries\":{\"type\":\"array\",\"items\":{"
          "\"type\":\"object\","
          "\"properties\":{"
            "\"path\":{\"type\":\"string\","
              "\"description\":\"Relative to the root, as read_file takes"
                " it; of a root its name.\"},"
            "\"type\":{\"type\":\"string\","
              "\"enum\":[\"file\",\"directory\",\"root\"]},"
            "\"size\":{\"type\":\"integer\","
              "\"description\":\"Of a file, in bytes.\"},"
            "\"modified\":{\"type\":\"string\","
              "\"description\":\"ISO 8601, UTC.\"}"
          "},"
          "\"required\":[\"path\",\"type\"],"
          "\"additionalProperties\":false"
        "}}"
      "},"
      "\"required\":[\"count\",\"entries\"],"
      "\"additionalProperties\":false"
    "}";

static const char  ngx_http_mcp_files_read_input[] =
    "{"
      "\"type\":\"object\","
      "\"properties\":{"
        NGX_HTTP_MCP_FILES_ROOT ","
        "\"path\":{"
          "\"type\":\"string\",\"minLength\":1,\"maxLength\":4096,"
          "\"description\":\"The file, relative to the root.\"},"
        "\"encoding\":{"
          "\"type\":\"string\",\"enum\":[\"auto\",\"text\",\"base64\"],"
          "\"default\":\"auto\","
          "\"description\":\"auto: text if it is UTF-8, otherwise base64;"
            " text: always text, U+FFFD stands for what is not UTF-8; base64:"
            " the bytes.\"},"
        "\"offset\":{"
          "\"type\":\"integer\",\"minimum\":0,\"maximum\":9007199254740991,"
          "\"description\":\"The first byte to read, from 0; not together"
            " with first_line.\"},"
        "\"length\":{"
          "\"type\":\"integer\",\"minimum\":1,\"maximum\":1048576,"
          "\"default\":262144,"
          "\"description\":\"At most this many bytes.\"},"
        "\"first_line\":{"
          "\"type\":\"integer\",\"minimum\":1,\"maximum\":9007199254740991,"
          "\"description\":\"The first line to read, from 1.\"},"
        "\"lines\":{"
          "\"type\":\"integer\",\"minimum\":1,\"maximum\":100000,"
          "\"default\":10000,"
          "\"description\":\"At most this many lines, from first_line.\"}"
      "},"
      "\"required\":[\"path\"],"
      "\"additionalProperties\":false,"
      "\"examples\":[{\"path\":\"README.md\"},"
        "{\"path\":\"src/main.c\",\"first_line\":100,\"lines\":50}]"
    "}";

static const char  ngx_http_mcp_files_read_output[] =
    "{"
      "\"type\":\"object\","
      "\"properties\":{"
        NGX_HTTP_MCP_FILES_ROOT_OUT ","
        "\"path\":{\"type\":\"string\"},"
        "\"size\":{\"type\":\"integer\","
          "\"description\":\"Of the whole file, in bytes.\"},"
        "\"encoding\":{\"type\":\"string\",\"enum\":[\"text\",\"base64\"],"
          "\"description\":\"Of content.\"},"
        "\"offset\":{\"type\":\"integer\","
          "\"description\":\"The first byte of content.\"},"
        "\"length\":{\"type\":\"integer\","
          "\"description\":\"How many bytes of the file content is.\"},"
        "\"first_line\":{\"type\":\"integer\"},"
        "\"lines\":{\"type\":\"integer\","
          "\"description\":\"How many lines content is.\"},"
        "\"next_offset\":{\"type\":\"integer\","
          "\"description\":\"Where to read on; not there at the end of the"
            " file.\"},"
        "\"next_line\":{\"type\":\"integer\","
          "\"description\":\"The first_line to read on with; not there at"
            " the end of the file or inside of a line.\"},"
        "\"content\":{\"type\":\"string\"}"
      "},"
      "\"required\":[\"root\",\"path\",\"size\",\"encoding\",\"offset\","
        "\"length\",\"content\"],"
      "\"additionalProperties\":false"
    "}";

static const char  ngx_http_mcp_files_search_input[] =
    "{"
      "\"type\":\"object\","
      "\"properties\":{"
        NGX_HTTP_MCP_FILES_ROOT ","
        "\"path\":{"
          "\"type\":\"string\",\"default\":\"\",\"maxLength\":4096,"
          "\"description\":\"The directory or the file to search, relative"
            " to the root; empty: the whole root.\"},"
        "\"pattern\":{"
          "\"type\":\"string\",\"minLength\":1,\"maxLength\":4096,"
          "\"description\":\"A Perl-compatible regular expression without"
            " delimiters that is looked for in each line. \\\\w, \\\\d and"
            " \\\\b follow Unicode.\"},"
        "\"flags\":{"
          "\"type\":\"string\",\"pattern\":\"^[ix]*$\",\"default\":\"\","
          "\"description\":\"Any of: i ignore case, x white space and"
            " #comments in the pattern are ignored.\"},"
        NGX_HTTP_MCP_FILES_NAMES ","
        "\"depth\":{"
          "\"type\":\"integer\",\"minimum\":1,\"maximum\":64,\"default\":64,"
          "\"description\":\"How many levels of directories.\"},"
        "\"max_matches\":{"
          "\"type\":\"integer\",\"minimum\":1,\"maximum\":1000,"
          "\"default\":100,"
          "\"description\":\"Stop after this many lines.\"},"
        "\"max_file_size\":{"
          "\"type\":\"integer\",\"minimum\":1,\"maximum\":1099511627776,"
          "\"default\":16777216,"
          "\"description\":\"Skip files of more bytes.\"},"
        "\"max_seconds\":{"
          "\"type\":\"integer\",\"minimum\":1,\"maximum\":60,\"default\":10,"
          "\"description\":\"Stop after this time, with what was found.\"}"
      "},"
      "\"required\":[\"pattern\"],"
      "\"additionalProperties\":false,"
      "\"examples\":[{\"pattern\":\"\\\\bfoo_\\\\w+\\\\(\","
        "\"names\":[\"*.c\",\"*.h\"]}]"
    "}";

static const char  ngx_http_mcp_files_search_output[] =
    "{"
      "\"type\":\"object\","
      "\"properties\":{"
        NGX_HTTP_MCP_FILES_ROOT_OUT ","
        "\"count\":{\"type\":\"integer\","
          "\"description\":\"How many matches are listed; 0: none.\"},"
        "\"truncated\":{\"type\":\"string\","
          "\"enum\":[\"matches\",\"time\",\"directory\"],"
          "\"description\":\"There if there may be more: max_matches or"
            " max_seconds was reached, or one directory has over 10000"
            " entries.\"},"
        "\"searched\":{\"type\":\"integer\","
          "\"description\":\"How many files were searched.\"},"
        "\"skipped\":{\"type\":\"object\","
          "\"properties\":{"
            "\"binary\":{\"type\":\"integer\"},"
            "\"large\":{\"type\":\"integer\"},"
            "\"unreadable\":{\"type\":\"integer\"}"
          "},"
          "\"required\":[\"binary\",\"large\",\"unreadable\"],"
          "\"additionalProperties\":false,"
          "\"description\":\"How many files were not searched, and why.\"},"
        "\"matches\":{\"type\":\"array\",\"items\":{"
          "\"type\":\"object\","
          "\"properties\":{"
            "\"path\":{\"type\":\"string\"},"
            "\"line\":{\"type\":\"integer\",\"description\":\"From 1.\"},"
            "\"column\":{\"type\":\"integer\","
              "\"description\":\"Of the first match in the line, in"
                " characters from 1.\"},"
            "\"text\":{\"type\":\"string\","
              "\"description\":\"The line; of a long one what is around the"
                " match, with an ellipsis where it was cut.\"}"
          "},"
          "\"required\":[\"path\",\"line\",\"column\",\"text\"],"
          "\"additionalProperties\":false"
        "}}"
      "},"
      "\"required\":[\"root\",\"count\",\"searched\",\"skipped\","
        "\"matches\"],"
      "\"additionalProperties\":false"
    "}";


static const ngx_http_mcp_tool_t  ngx_http_mcp_files_tool_list[] = {

    { "list_files", "List files",
      "Lists the files and directories of a directory on the server, with"
      " size and time; with depth also what is below it, with names only"
      " files of those names. Without arguments: the roots, or what is in the"
      " only one.",
      ngx_http_mcp_files_list_input,
      ngx_http_mcp_files_list_output,
      NULL,
      NGX_HTTP_MCP_FILES_FLAGS,
      0,
      ngx_http_mcp_files_list },

    { "read_file", "Read a file",
      "Reads a file on the server, or a part of it: bytes from offset, or"
      " lines from first_line. What does not fit in one answer is read on"
      " with next_offset or next_line.",
      ngx_http_mcp_files_read_input,
      ngx_http_mcp_files_read_output,
      NULL,
      NGX_HTTP_MCP_FILES_FLAGS,
      0,
      ngx_http_mcp_files_read },

    { "search_files", "Search in files",
      "Searches the lines of files on the server for a regular expression and"
      " lists them with file, line number and text. Binary and large files"
      " are skipped.",
      ngx_http_mcp_files_search_input,
      ngx_http_mcp_files_search_output,
      NULL,
      NGX_HTTP_MCP_FILES_FLAGS,
      0,
      ngx_http_mcp_files_search },

    ngx_http_mcp_null_tool
};


const ngx_http_mcp_tools_t  ngx_http_mcp_files_tools = {
    NGX_HTTP_MCP_API_VERSION,
    "files",
    ngx_http_mcp_files_tool_list,
    NULL,
    NULL
};
