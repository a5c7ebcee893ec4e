#!/usr/bin/perl

# upstream.pl DIR MODULES [quick]: a tool of nginx.conf beside a plain
# proxy_pass to the same service, two passes at once beside the slower one of
# them, and what a large OpenAPI document costs.  Run by util/bench.sh.

use warnings;
use strict;

use FindBin;
use lib $FindBin::Bin;

use Bench;
use Rounds;
use File::Path qw/ make_path /;
use Time::HiRes qw/ time /;

$| = 1;

my ($dir, $modules, @words) = @ARGV;
my %opt = map { $_ => 1 } @words;
my @modules = split /,/, $modules;

my ($server_cpu, $client_cpu) = split /,/, $ENV{BENCH_CPUS} || '0,1';

my $rounds = $ENV{BENCH_ROUNDS} || ($opt{quick} ? 2 : 15);
my $seconds = $ENV{BENCH_SECONDS} || ($opt{quick} ? 1 : 2);
my @CONNECTIONS = split /,/, $ENV{BENCH_CONNECTIONS} || '1,32,256';

# of the document
my $OPERATIONS = 300;

# milliseconds: of two passes at once, and of the slower one alone
my ($FAST, $SLOW) = (8, 10);

# name => { uri, the files of the request }; the tools are asked as a client of
# 2026-07-28 asks, the service as nginx asks it

my %subject = (
    proxy    => { uri => '/proxy/item/7' },
    tool     => { uri => '/mcp', tool => 'item', arguments => '{"id":7}' },
    parallel => { uri => '/mcp', tool => 'parallel', arguments => '{}' },
    slower   => { uri => '/mcp', tool => 'slower', arguments => '{}' },
);

my $ITEM = '{"id":7,"name":"a name","price":12.50,"tags":["one","two"]}';


sub requests {
    my ($call) = grep { $_->{name} eq 'call' } @CASES;

    for my $name (keys %subject) {
        my $s = $subject{$name};

        $s->{headers} = '';
        $s->{body} = '';

        if ($s->{tool}) {
            $s->{headers} = $call->{headers}
                =~ s/Mcp-Name: add/Mcp-Name: $s->{tool}/r;
            $s->{body} = $call->{body} =~ s/"name":"add"/"name":"$s->{tool}"/r
                =~ s/"arguments":\{[^}]*\}/"arguments":$s->{arguments}/r;
        }
    }
}


# the service is on the core of wrk: the one of the server is what is measured

sub prepare {
    requests();

    my $service = start("$dir/service", $client_cpu,
        modules => [ lua_modules() ], locations => <<"EOC");
location = /item/7 { return 200 '$ITEM'; }
location = /sleep/$FAST {
    content_by_lua_block { ngx.sleep(0.001 * $FAST) ngx.say('{"n":1}') }
}
location = /sleep/$SLOW {
    content_by_lua_block { ngx.sleep(0.001 * $SLOW) ngx.say('{"n":2}') }
}
EOC

    my $port = start("$dir/nginx", $server_cpu, modules => \@modules,
        http => <<"EOC", locations => <<"EOL");
upstream service {
    server 127.0.0.1:$service;
    keepalive 256;
    keepalive_requests 1000000000;
}
proxy_http_version 1.1;
proxy_set_header Connection "";
EOC
location /proxy/ { proxy_pass http://service/; }
location /_api/ { internal; proxy_pass http://service/; }
location = /mcp {
    mcp;
    mcp_server bench 1.0.0;
    mcp_tool item {
        description "One item.";
        arg id integer required;
        pass GET "/_api/item/{id}";
    }
    mcp_tool parallel {
        description "Two at once.";
        pass one GET /_api/sleep/$FAST;
        pass two GET /_api/sleep/$SLOW;
    }
    mcp_tool slower {
        description "The slower one.";
        pass GET /_api/sleep/$SLOW;
    }
}
EOL

    my $worker = worker($pid{"$dir/nginx"}, $port);

    for my $name (keys %subject) {
        my $s = $subject{$name};

        @$s{qw/ port worker /} = ($port, $worker);
        subject("$dir/$name", $s);
        print STDERR "$name: $s->{text}\n" if $opt{quick};
    }
}


sub measure {
    for my $round (1 .. $rounds) {
        for my $n (@CONNECTIONS) {

            # nobody is always first
            round($_, $subject{$_}, $client_cpu, $n, $seconds)
                for $round % 2 ? qw/ proxy tool / : qw/ tool proxy /;
        }

        round($_, $subject{$_}, $client_cpu, 1, $seconds)
            for $round % 2 ? qw/ slower parallel / : qw/ parallel slower /;

        print STDERR "round $round of $rounds\n";
    }
}


my %TITLE = (proxy => '`proxy_pass`', tool => '**`mcp_tool`**');


sub table {
    print "2 cores: one worker of nginx on one, wrk and the service, an nginx "
        . "as well, on the other. Medians of $rounds rounds of $seconds s; in "
        . "brackets, the ratio to a GET through `proxy_pass` in the same "
        . "round.\n\n";

    tables(\@CONNECTIONS, [ map { [ $_, $TITLE{$_}, 'proxy' ] }
                            qw/ proxy tool / ]);

    printf "Two passes at once, of %d and %d ms: p50 %s us, the slower one "
        . "alone %s us.\n\n", $FAST, $SLOW,
        map { number(figure($_, 1, 'p50')) } qw/ parallel slower /;
}


# --- an OpenAPI document

sub document {
    my ($operations) = @_;

    my @paths;

    for my $i (1 .. $operations / 3) {
        push @paths, sprintf <<'EOD', ($i) x 7;
    "/things%d/{id}": {
      "parameters": [
        { "name": "id", "in": "path", "required": true,
          "schema": { "type": "integer", "minimum": 1 } } ],
      "get": { "operationId": "getThing%d", "tags": ["things"],
        "summary": "One thing", "description": "Returns a thing by its id.",
        "parameters": [
          { "name": "fields", "in": "query", "style": "form",
            "explode": false, "description": "What is to be returned.",
            "schema": { "type": "array", "items": { "type": "string" } } },
          { "name": "limit", "in": "query", "schema":
            { "type": "integer", "default": 20, "maximum": 100 } },
          { "name": "X-Tenant", "in": "header", "schema":
            { "type": "string", "maxLength": 64 } } ],
        "responses": { "200": { "description": "A thing", "content": {
          "application/json": { "schema":
            { "$ref": "#/components/schemas/Thing%d" } } } } } },
      "put": { "operationId": "putThing%d", "tags": ["things"],
        "summary": "Changes a thing", "requestBody": { "required": true,
          "content": { "application/json": { "schema":
            { "$ref": "#/components/schemas/Thing%d" } } } },
        "responses": { "200": { "description": "A thing", "content": {
          "application/json": { "schema":
            { "$ref": "#/components/schemas/Thing%d" } } } } } },
      "delete": { "operationId": "deleteThing%d", "tags": ["things"],
        "summary": "Deletes a thing",
        "responses": { "204": { "description": "It is gone" } } } }
EOD
    }

    my $schemas = join ",\n", map { sprintf <<'EOD', $_ } 1 .. $operations / 3;
    "Thing%d": { "type": "object", "required": ["name"],
      "description": "A thing that has some properties, as things have.",
      "properties": {
        "id": { "type": "integer", "readOnly": true },
        "name": { "type": "string", "minLength": 1, "maxLength": 200 },
        "kind": { "type": "string", "enum": ["large", "small", "odd"] },
        "price": { "type": "number", "minimum": 0 },
        "owner": { "$ref": "#/components/schemas/Person" },
        "tags": { "type": "array", "items": { "type": "string" } },
        "made": { "type": "string", "format": "date-time" } } }
EOD

    return "{ \"openapi\": \"3.1.0\",\n"
        . "  \"info\": { \"title\": \"Things\", \"version\": \"1\" },\n"
        . "  \"paths\": {\n" . join(",\n", @paths) . "  },\n"
        . "  \"components\": { \"schemas\": {\n    \"Person\": { \"type\": "
        . "\"object\", \"properties\": { \"name\": { \"type\": \"string\" }, "
        . "\"mail\": { \"type\": \"string\" } } },\n$schemas  } } }\n";
}


# seconds of nginx -t and kilobytes of a worker, with the document or without

sub openapi {
    my ($name, $directive) = @_;

    my %o = (modules => \@modules, locations => <<"EOC");
location /_api/ { internal; proxy_pass http://127.0.0.1:1; }
location = /mcp { mcp; mcp_server bench 1.0.0; mcp_tools demo; $directive }
EOC

    my $port = start("$dir/$name", $server_cpu, %o);
    my $worker = worker($pid{"$dir/$name"}, $port);
    my ($rss) = rss($worker);
    my @times;

    for (1 .. ($opt{quick} ? 3 : 15)) {
        my $begin = time();

        system('nginx', '-t', '-q', '-p', "$dir/$name/", '-c', 'nginx.conf',
               '-e', 'error.log') == 0 or die "nginx -t failed\n";
        push @times, time() - $begin;
    }

    stop(delete $pid{"$dir/$name"});
    return (median(@times), $rss);
}


sub documents {
    my $text = document($OPERATIONS);

    spew("$dir/things.json", $text);

    my ($without, $rss_without) = openapi('without', '');
    my ($with, $rss_with) = openapi('with', "mcp_openapi $dir/things.json "
                                            . '{ pass /_api/; }');

    printf "An OpenAPI document of %d operations (JSON, %d KiB): nginx -t "
        . "takes %.0f ms, without it %.0f ms; a worker has %s KiB more.\n\n",
        $OPERATIONS, length($text) / 1024, 1000 * $with, 1000 * $without,
        number($rss_with - $rss_without);

    verdict('start with the document under 500 ms', $with < 0.5,
            sprintf('%.0f ms', 1000 * $with));
}


my ($load) = split ' ', slurp('/proc/loadavg');
print "The machine is busy (load $load): the figures are not for keeping.\n"
    if $load > 0.5;

prepare();
measure();
table();

for my $n (@CONNECTIONS) {
    my $rps = ratio('tool', 'proxy', $n, 'rps');

    verdict("a tool, $n connection" . ($n > 1 ? 's' : '')
            . ', >= 0.70 of proxy_pass', $rps >= 0.7, sprintf('%.2f', $rps));
}

my $both = ratio('parallel', 'slower', 1, 'p50');

verdict('two passes at once <= 1.15 of the slower one', $both <= 1.15,
        sprintf('%.2f', $both));

documents();
