# Builds the programs of t/unit and t/fuzz; run by util/core.sh.
#
#   CC, OUT      the compiler, the directory of its objects
#   SANITIZE     the sanitizers
#   CORPUS       the directory of the corpora
#
#   ../unit/NAME      of t/unit/NAME.c
#   ../fuzz/NAME      of t/fuzz/NAME.c: replays the corpus
#   $(OUT)/NAME       of t/fuzz/NAME.c: libFuzzer, with clang
#   ../schema/suite   of t/schema/suite.c

SANITIZE = address,undefined

CFLAGS   = -O1 -g -fno-omit-frame-pointer -fno-builtin \
           -fsanitize=$(SANITIZE) -fno-sanitize-recover=undefined \
           -DNGX_DEBUG_PALLOC=1
WARNINGS = -W -Wall -Wpointer-arith -Wno-unused-parameter -Werror

# the core must do with these; tests also see what tools share
INCLUDES = -I mcp/src/core -I src/core -I src/os/unix -I objs
TESTS    = $(INCLUDES) -I mcp/src/tools -I mcp/t/unit

LIBS     = -lcjson -lpcre2-8 -lcrypto -lyaml -lz

# the tests count and refuse allocations, and count comparisons
WRAP     = -Wl,--wrap=ngx_alloc -Wl,--wrap=ngx_memalign \
           -Wl,--wrap=memcmp

LEAF     = core/ngx_palloc core/ngx_string core/ngx_array core/ngx_list \
           core/ngx_hash core/ngx_rbtree core/ngx_queue core/ngx_buf \
           core/ngx_crc32 core/ngx_murmurhash core/ngx_parse \
           core/ngx_sha1 core/ngx_md5 os/unix/ngx_alloc

core     = $(patsubst mcp/src/core/%.c,$(OUT)/mcp/%.o,\
             $(wildcard mcp/src/core/*.c)) \
           $(LEAF:%=$(OUT)/nginx/%.o)
fuzzers  = $(patsubst mcp/t/fuzz/%.c,$(OUT)/%,$(wildcard mcp/t/fuzz/*.c))

.SECONDARY:
.DELETE_ON_ERROR:

../unit/%: $(OUT)/unit/%.o $(OUT)/unit/stub.o $(OUT)/core.a
	$(CC) $(CFLAGS) $(WRAP) -o $@ $^ $(LIBS)

../schema/%: $(OUT)/schema/%.o $(OUT)/unit/stub.o $(OUT)/core.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(WRAP) -o $@ $^ $(LIBS)

../fuzz/%: $(OUT)/fuzz/%.o $(OUT)/fuzz/replay.o $(OUT)/unit/stub.o \
           $(OUT)/core.a
	$(CC) $(CFLAGS) $(WRAP) -o $@ $^ $(LIBS)

$(fuzzers): $(OUT)/%: $(OUT)/fuzz/%.o $(OUT)/unit/stub.o $(OUT)/core.a
	$(CC) $(CFLAGS) $(WRAP) -fsanitize=fuzzer -o $@ $^ $(LIBS)

$(OUT)/core.a: $(core)
	rm -f $@
	ar rcs $@ $^

$(OUT)/mcp/%.o: mcp/src/core/%.c
	@mkdir -p $(@D)
	$(CC) -c $(CFLAGS) $(WARNINGS) $(INCLUDES) -MMD -o $@ $<

$(OUT)/nginx/%.o: src/%.c
	@mkdir -p $(@D)
	$(CC) -c $(CFLAGS) -w $(INCLUDES) -MMD -o $@ $<

$(OUT)/unit/%.o: mcp/t/unit/%.c
	@mkdir -p $(@D)
	$(CC) -c $(CFLAGS) $(WARNINGS) $(TESTS) -MMD -o $@ $<

$(OUT)/schema/%.o: mcp/t/schema/%.c
	@mkdir -p $(@D)
	$(CC) -c $(CFLAGS) $(WARNINGS) $(TESTS) -MMD -o $@ $<

$(OUT)/fuzz/%.o: mcp/t/fuzz/%.c
	@mkdir -p $(@D)
	$(CC) -c $(CFLAGS) $(WARNINGS) $(TESTS) -DFUZZ_CORPUS='"$(CORPUS)"' \
	    -MMD -o $@ $<

# this one follows the work of the code it includes, block by block
$(OUT)/unit/cred_work.o: CFLAGS += -fsanitize-coverage=trace-pc

-include $(wildcard $(OUT)/*/*.d $(OUT)/*/*/*.d $(OUT)/*/*/*/*.d)
