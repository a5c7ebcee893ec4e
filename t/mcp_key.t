#!/usr/bin/perl

# util/mcp-key.sh: the keys it makes, their lines, what it refuses.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use File::Temp ();
use FindBin;
use IPC::Open3 qw(open3);
use lib "$FindBin::Bin/lib";
use MCPTest;

my $script = "$FindBin::Bin/../util/mcp-key.sh";
my $dir = File::Temp->newdir('mcp-key-XXXXXX', TMPDIR => 1);


sub write_file {
    my ($name, $text) = @_;

    open my $file, '>:raw', "$dir/$name" or die "$name: $!";
    print {$file} $text or die "$name: $!";
    close $file or die "$name: $!";
    return "$dir/$name";
}


sub slurp {
    open my $file, '<:raw', $_[0] or die "$_[0]: $!";
    local $/;
    return scalar <$file>;
}


# the exit code, stdout and stderr

sub mcp_key {
    my ($in, @args) = @_;

    open my $stdin, '<', write_file('in', $in) or die $!;
    open my $out, '>', "$dir/out" or die $!;
    open my $err, '>', "$dir/err" or die $!;

    my $pid = open3('<&' . fileno $stdin, '>&' . fileno $out,
                    '>&' . fileno $err, $script, @args);
    waitpid $pid, 0;

    return ($? >> 8, slurp("$dir/out"), slurp("$dir/err"));
}


# --- what it makes

my ($rc, $line, $key) = mcp_key('', 'new', 'alice', 'read', 'write',
    'expires=2999-01-01', 'tools=add,text_*', 'not_before=2026-01-01T08:09:10Z');

is($rc, 0, 'new');
like($key, qr/\Amcp_[A-Za-z0-9_-]{43}\n\z/, 'a key of 256 bits to stderr');
chomp $key;
is($line, sha256_hex($key) . ' alice read,write expires=2999-01-01'
          . " tools=add,text_* not_before=2026-01-01T08:09:10Z\n",
   'its line to stdout, with its digest');
is_deeply([ mcp_key($key, 'digest') ], [ 0, sha256_hex($key) . "\n", '' ],
          'digest');
is_deeply([ mcp_key("$key\n", 'digest') ], [ 0, sha256_hex($key) . "\n", '' ],
          'digest of a line');

($rc, my $plain, my $other) = mcp_key('', 'new', 'bob@example.com');
chomp $other;
is($plain, sha256_hex($other) . " bob\@example.com -\n", 'no scopes');
isnt($other, $key, 'another key');

my %seen;
$seen{ (mcp_key('', 'new', 'a'))[2] }++ for 1 .. 20;
is(scalar keys %seen, 20, 'no key comes twice');

($rc, my $help, my $err) = mcp_key('', '--help');
is($rc, 0, '--help');
like($help, qr/mcp-key\.sh new NAME \[SCOPE\.\.\.\]/, 'says how it is used');
is($err, '', 'on stdout');


# --- what it refuses: nothing on stdout, no key on stderr

for ([ 'no name', 'new' ], [ 'an empty name', 'new', '' ],
     [ 'a name with a space', 'new', 'a b' ],
     [ 'a name with a new line', 'new', "a\nb" ],
     [ 'a name that is not ASCII', 'new', "\xc3\xa4" ],
     [ 'a name with a quote', 'new', 'a"b' ],
     [ 'a name with a backslash', 'new', 'a\\b' ],
     [ 'a parameter and no name', 'new', 'expires=2999-01-01' ],
     [ 'a dash for a name', 'new', '-' ],
     [ 'a name that is too long', 'new', 'a' x 129 ],
     [ 'an empty scope', 'new', 'a', '' ],
     [ 'a scope with a comma', 'new', 'a', 'b,c' ],
     [ 'a scope with a space', 'new', 'a', 'b c' ],
     [ 'a parameter that is misspelt', 'new', 'a', 'expire=2999-01-01' ],
     [ 'no time', 'new', 'a', 'expires=tomorrow' ],
     [ 'an empty time', 'new', 'a', 'expires=' ],
     [ 'no such day', 'new', 'a', 'expires=2999-02-29' ],
     [ 'no such hour', 'new', 'a', 'expires=2999-01-01T24:00:00Z' ],
     [ 'another zone', 'new', 'a', 'expires=2999-01-01T00:00:00+01:00' ],
     [ 'a date without dashes', 'new', 'a', 'not_before=29990101' ],
     [ 'a time twice', 'new', 'a', ('expires=2999-01-01') x 2 ],
     [ 'a time that is over', 'new', 'a', 'expires=2020-01-01' ],
     [ 'an end before its beginning', 'new', 'a', 'not_before=2999-01-01',
       'expires=2998-01-01' ],
     [ 'no tools', 'new', 'a', 'tools=' ],
     [ 'an empty tool', 'new', 'a', 'tools=a,,b' ],
     [ 'a tool with a space', 'new', 'a', 'tools=a b' ],
     [ 'a tool with a new line', 'new', 'a', "tools=a\nb" ],
     [ 'a tool with a control', 'new', 'a', "tools=a\x01" ],
     [ 'a key as an argument', 'digest', $key ],
     [ 'an unknown command', 'old' ], ['nothing'])
{
    my ($name, @args) = @$_;

    ($rc, my $out, $err) = mcp_key('', @args);
    ok($rc != 0 && $out eq '' && $err ne '' && $err !~ /mcp_[\w-]{43}/, $name)
        or diag("rc $rc, stdout: $out, stderr: $err");
}

for ([ 'nothing', '' ], [ 'an empty line', "\n" ], [ 'two', "$key\n$key\n" ],
     [ 'a space', "$key " ], [ 'a zero byte', "$key\0" ],
     [ 'another byte', "\xc3\xa4" ])
{
    my ($name, $in) = @$_;

    ($rc, my $out, $err) = mcp_key($in, 'digest');
    ok($rc == 1 && $out eq '' && $err =~ /this is no key/ && $err !~ /\Q$key/,
       "digest of $name: refused");
}

{
    local $ENV{PATH} = "$dir/bin";

    mkdir "$dir/bin" or die $!;

    for my $name (qw(bash env tr date sed)) {
        my ($path) = grep { -x } "/usr/bin/$name", "/bin/$name";
        symlink $path, "$dir/bin/$name" or die $!;
    }

    write_file('bin/openssl', "#!/bin/bash\nexit 1\n");
    chmod 0755, "$dir/bin/openssl" or die $!;

    ($rc, my $out, $err) = mcp_key('', 'new', 'a');
    ok($rc != 0 && $out eq '' && $err !~ /mcp_/, 'no openssl: no key');
}


# --- nginx takes what it makes

my $t = MCPTest->new(location => 'mcp; mcp_tools demo text;'
                                 . ' mcp_api_keys %%DIR%%/keys;',
                     files => { keys => "# made\n$line$plain" })->start;


sub call {
    my ($tool, $args, $key) = @_;
    return $t->call($tool, $args,
                    headers => { Authorization => "Bearer $key" });
}

ok_result(call('add', { a => 1, b => 2 }, $key), 'a key that was made');
ok_error(call('echo', { text => 'a' }, $key), 403, -32600,
         'is one for the tools it says');
ok_result(call('echo', { text => 'a' }, $other), 'another one for all');
ok_error(call('echo', { text => 'a' }, sha256_hex($other)), 401, -32600,
         'its digest is none');

finish();
