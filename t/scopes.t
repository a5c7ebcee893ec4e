#!/usr/bin/perl

# Scopes: who sees and may call what.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Conf;

sub line { return sha256_hex(shift) . ' ' . join(' ', @_) . "\n" }

my $keys = line('none', 'none') . line('read', 'reader', 'read')
           . line('write', 'writer', 'write') . line('admin', 'root', 'admin')
           . line('other', 'other', 'foo,bar');

my $policy = <<'EOC';
        mcp_tools demo;
        mcp_tool_scope add write;
        mcp_tool_scope ec* read;

        mcp_tool note {
            description "Writes a note.";
            arg text string required;
            pass POST /_api/notes;
            scope write;
        }

        mcp_tool far {
            description "Goes far.";
            arg to string required mcp_header=To;
            pass GET "/_api/{to}";
            scope admin;
        }

        mcp_openapi %%DIR%%/api.json {
            pass /_api;
            scope read;
            override erase { scope admin; }
        }

        mcp_resource "note://one" { text one; scope read; }
        mcp_resource "note://open" { text open; }
        mcp_resource "user://{id}" {
            pass GET "/_api/users/{id}";
            scope read write;
        }

        mcp_prompt help { description "Helps."; message user "Help me."; }
        mcp_prompt plan {
            description "Plans.";
            arg goal values=a|b;
            message user "{goal}";
            scope write;
        }
EOC

my $document = <<'EOJ';
{ "openapi": "3.0.0", "info": { "title": "a", "version": "1" }, "paths": {
  "/x": { "get": { "operationId": "look", "responses": {} },
          "delete": { "operationId": "erase", "responses": {} } } } }
EOJ

my %files = (keys => $keys, 'api.json' => $document);
my $api = 'location /_api/ { internal; default_type application/json; return 200 "{}"; }';


# --- configuration

my ($rc, $out) = MCPTest->new(
    location => "mcp; mcp_tools demo;\nmcp_tool_scope add write;")
    ->test_config;

isnt($rc, 0, 'scopes that nobody can have: refused');
like($out, qr/scopes are needed in location "\/mcp" and nobody can have one: /,
     'scopes that nobody can have: why');
like($out, qr/ in \S+nginx.conf:\d+$/m, 'scopes that nobody can have: where');

# names that are not spelled as elsewhere

for (['a tool', 'mcp_tool_scope x* write;',
      qr/no tool is called "x\*" in "mcp_tool_scope" in \S+nginx.conf:\d+$/m],
     ['a scope', 'mcp_tool_scope add wirte;',
      qr/\/keys", line 3: nothing needs the scope "write"$/m])
{
    my ($name, $line, $re) = @$_;

    ($rc, $out) = MCPTest->new(
        http => 'mcp_scope_implies admin read;',
        location => "mcp; mcp_tools demo; mcp_api_keys %%DIR%%/keys;\n"
                    . "mcp_tool_scope a* read;\n$line",
        files => { keys => $keys =~ s/^.*foo,bar\n//mr })->test_config;

    is($rc, 0, "$name that nothing has");
    like($out, $re, "$name that nothing has: is told of");
    is(scalar(() = $out =~ /^\d.*(?:no tool is called|nothing needs)/mg), 1,
       "$name that nothing has: once");
}

($rc, $out) = MCPTest->new(server => <<'EOC', files => \%files)->test_config;
    location /x {
        mcp_inspect on;
        mcp_api_keys %%DIR%%/keys;
        mcp_tool_scope any read;
        mcp_tool_scope some write;
        mcp_tool_scope more admin;
        mcp_tool_scope f* foo;
        mcp_tool_scope b* bar;
        proxy_pass http://127.0.0.1:1;
    }
EOC
is($rc, 0, 'tools of another server');
unlike($out, qr/no tool is called|nothing needs/, 'nobody here knows them');

refused('scope twice', location => <<'EOC', qr/"scope" directive is duplicate/,
    mcp_prompt a {
        description a;
        message user a;
        scope a;
        scope b; # HERE
    }
EOC
        files => \%files);
refused('a scope with a comma', location => 'mcp_tool_scope a b,c;',
        qr/invalid scope "b,c": /);
refused('a scope that is empty', location => 'mcp_tool_scope a "";',
        qr/invalid scope "": it is empty/);
refused('no scope at all', location => 'mcp_tool_scope a;',
        qr/invalid number of arguments/);
refused('what mcp_consumer does not know', location => 'mcp_consumer a b;',
        qr/invalid parameter "b", expected scope=VALUE/);


# --- lists and calls

my $t = MCPTest->new(
    http => 'mcp_scope_implies admin write; mcp_scope_implies write read;
             limit_req_zone $mcp_tool zone=tool:1m rate=1r/m;',
    location => "mcp; mcp_api_keys %%DIR%%/keys;\n$policy",
    server => <<EOC,
    location = /hidden {
        mcp;
        mcp_hidden on;
        mcp_api_keys %%DIR%%/keys;
        $policy
    }

    location = /hidden-limited {
        mcp;
        mcp_hidden on;
        mcp_api_keys %%DIR%%/keys;
        mcp_limit_as_tool_error on;
        limit_req zone=tool;
        $policy
    }

    location = /others-hidden {
        mcp;
        mcp_hidden on;
        mcp_consumer \$http_x_who scope=\$http_x_scope;
        $policy
    }

    location = /others {
        mcp;
        mcp_consumer \$http_x_who scope=\$http_x_scope;
        $policy
    }

    location = /public {
        mcp;
        mcp_list_ttl 60s public;
        mcp_tools demo;
    }

    $api
EOC
    files => \%files)->start;

my %sees = (
    none => 'note://open help',
    other => 'note://open help',
    read => 'echo look note://one note://open help',
    write => 'add echo note look note://one note://open user://{id} help plan',
    admin => 'add echo note far look erase note://one note://open user://{id} '
             . 'help plan'
);


sub as {
    my ($key, %o) = @_;
    return (headers => { 'X-API-Key' => $key, %{ $o{more} || {} } },
            uri => $o{uri} || '/mcp');
}


sub seen {
    my ($era, @o) = @_;
    my @names;

    for (['tools/list', 'tools', 'name'], ['resources/list', 'resources', 'uri'],
         ['resources/templates/list', 'resourceTemplates', 'uriTemplate'],
         ['prompts/list', 'prompts', 'name'])
    {
        my ($method, $member, $name) = @$_;
        my $r = $t->$era($method, {}, @o);

        return $r->body if !$r->result;
        push @names, map { $_->{$name} } @{ $r->result->{$member} };
    }

    return "@names";
}


for my $key (sort keys %sees) {
    my %listed = map { $_ => 1 } split / /, $sees{$key};
    my $sorted = sub { join ' ', sort split / /, shift };

    for my $era (qw(rpc legacy)) {
        is($sorted->(seen($era, as($key))), $sorted->($sees{$key}),
           "$era: what $key sees");
    }

    is($sorted->(seen('rpc', uri => '/others',
                      headers => { 'X-Scope' => { none => '', read => 'read',
                          write => 'write', admin => 'x admin',
                          other => 'foo' }->{$key} })),
       $sorted->($sees{$key}), "what $key sees by mcp_consumer");

    for (['add', { a => 1, b => 2 }, 'write'], ['echo', { text => 'a' }, 'read'],
         ['note', { text => 'a' }, 'write'], ['erase', {}, 'admin'])
    {
        my ($tool, $args, $scope) = @$_;
        my $name = "$key calls $tool";

        if ($listed{$tool}) {
            ok_result($t->call($tool, $args, as($key)), $name);
            ok_result($t->legacy_call($tool, $args, as($key)),
                      "$name, legacy");
            next;
        }

        for my $era (qw(call legacy_call)) {
            my $r = $t->$era($tool, $args, as($key));

            ok_error($r, 403, -32600, "$name: $era refused");
            is($r->header('WWW-Authenticate'),
               qq(Bearer error="insufficient_scope", scope="$scope"),
               "$name: $era challenge");
        }

        ok_error($t->call($tool, $args, as($key, uri => '/hidden')), 200,
                 -32602, "$name: hidden");
    }
}

my $r = $t->call('add', { a => 'no' }, as('none'));
ok_error($r, 403, -32600, 'scopes go before arguments');

is($t->call('nothing', {}, as('none', uri => '/hidden'))->error->{message},
   $t->call('nothing', {}, as('none'))->error->{message},
   'what is not there is not there for all');

my $hidden = $t->call('add', { a => 1, b => 2 }, as('none', uri => '/hidden'));
(my $message = $hidden->error->{message}) =~ s/add/nothing/;
is($message, $t->call('nothing', {}, as('none'))->error->{message},
   'and what is hidden looks like it');

# a header that only a known tool would have checked
is($t->call('add', { a => 1, b => 2 },
            as('none', uri => '/hidden', more => { 'Mcp-Param-X' => 'y' }))
     ->body,
   $hidden->body, 'in its headers, too');


# neither what a known tool would have checked, nor its limits

for my $path ('/hidden', '/others-hidden') {
    my @who = as('none', uri => $path);
    my ($one, $two) = map { $t->call($_, { to => 'a' }, @who) } qw(far fog);

    is($one->body =~ s/far/fog/r, $two->body,
       "$path: an argument that its header would repeat");
    is($one->status, $two->status, "$path: by its status");
}

my @limited = as('none', uri => '/hidden-limited');

for (1 .. 3) {
    my ($one, $two) = map { $t->call($_, { to => 'a' }, @limited,
                                     headers => { 'X-API-Key' => 'none',
                                                  'Mcp-Param-To' => 'a' }) }
                          qw(far fog);

    is($one->body =~ s/far/fog/r, $two->body, 'over the limit of a tool');
    is($one->status, $two->status, 'by its status');
}


# --- resources, prompts, completion, subscriptions

for (['resources/read', { uri => 'note://one' }, 'read'],
     ['resources/read', { uri => 'user://7' }, 'write read'],
     ['prompts/get', { name => 'plan', arguments => { goal => 'a' } }, 'write'],
     ['completion/complete', { ref => { type => 'ref/prompt', name => 'plan' },
                               argument => { name => 'goal', value => '' } },
      'write'])
{
    my ($method, $params, $scope) = @$_;
    my $what = "$method " . ($params->{uri} || 'plan');

    ok_result($t->rpc($method, $params, as('admin')), "$what: with the scope");
    $r = $t->rpc($method, $params, as('none'));
    ok_error($r, 403, -32600, "$what: without");
    like($r->header('WWW-Authenticate'), qr/scope="\Q$scope\E"\z/,
         "$what: which");
    $r = $t->rpc($method, $params, as('none', uri => '/hidden'));
    ok_error($r, 200, -32602, "$what: hidden");
}


# --- caches

is($t->rpc('tools/list', {}, as('read'))->result->{cacheScope}, 'private',
   'a list that depends on the caller is private');
is($t->rpc('tools/list', {}, uri => '/public')->result->{cacheScope},
   'public', 'another one may be public');


# --- many callers

my %lists;

for my $n (1 .. 200) {
    my $scope = join ' ', map { $n & (1 << $_) ? (qw(read write admin))[$_]
                                               : () } 0 .. 2;

    $r = $t->rpc('tools/list', {}, uri => '/others',
                 headers => { 'X-Scope' => "s$n $scope" });
    $lists{ join ' ', map { $_->{name} } @{ $r->result->{tools} } } = 1;
}

is(scalar keys %lists, 4, 'scopes that nothing needs make no difference');

finish();
