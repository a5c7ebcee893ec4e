#!/usr/bin/perl

# Files of API keys as editors, copies and mistakes leave them: what is refused,
# where, and that what was there before goes on.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Conf;
use Time::HiRes qw(time);

# files that nobody else may read: nginx would say so
umask 077;

my $digest = sha256_hex('bob');
my $location = "mcp;\nmcp_api_keys %%DIR%%/keys;";


# --- the text

for (
    [ 'a mark of the byte order', "\xef\xbb\xbf$digest bob\n", 1,
      'expected a SHA-256 digest' ],
    [ 'UTF-16', "\xff\xfe" . join('', map { "$_\0" } split //, "# a\n"), 1,
      'expected a SHA-256 digest' ],
    [ 'a NUL in a name', "$digest b\0b\n", 1, 'expected a name' ],
    [ 'a NUL in a digest', "\n" . substr($digest, 0, 63) . "\0 bob\n", 2,
      'expected a SHA-256 digest' ],
    [ 'a NUL at the end', "$digest bob\n\0", 2, 'expected a SHA-256 digest' ],
    [ 'the lines of another system', "$digest bob\r$digest bob\r", 1,
      'expected a name' ],
    [ 'a long name', "$digest " . 'b' x 129 . "\n", 1,
      'the name is longer than 128 bytes' ],
    [ 'a long line', 'a' x 5_000_000 . "\n", 1, 'expected a SHA-256 digest' ],
    [ 'a long scope', "$digest bob " . 's' x 129 . "\n", 1,
      'expected scopes with commas' ],
    [ 'a digest twice', "$digest bob\n# and\n\U$digest\E eve\n", 3,
      'this key, or one with the same first 16 digits, is there twice' ],
    [ 'a time with a zone',
      "$digest bob - expires=2027-01-01T00:00:00+01:00\n", 1,
      'expected a time as' ],
    [ 'a time in lower case', "$digest bob - expires=2027-01-01t00:00:00z\n", 1,
      'expected a time as' ],
    [ 'a fraction of a second',
      "$digest bob - expires=2027-01-01T00:00:00.5Z\n", 1,
      'expected a time as' ],
    [ 'no such day', "$digest bob - expires=2027-02-29\n", 1,
      'expected a time as' ],
    [ 'milliseconds', "$digest bob - expires=1798761600000\n", 1,
      'expected a time as' ],
    [ 'a time of nothing', "$digest bob - expires=\n", 1,
      'expected a time as' ],
    [ 'it ends before it begins',
      "$digest bob - not_before=2027-01-02 expires=2027-01-01\n", 1,
      'it expires before it begins' ],
    [ 'a key in clear', "mcp_secret-key bob\n", 1,
      'expected a SHA-256 digest' ])
{
    my ($name, $text, $line, $why) = @$_;
    my $t = MCPTest->new(location => $location, files => { keys => $text });
    my ($rc, $out) = $t->test_config;
    my $path = $t->path('keys');

    isnt($rc, 0, "$name: refused");
    like($out, qr/\[emerg\].* "\Q$path\E", line $line: \Q$why\E.* in \S+:\d+$/m,
         "$name: why, and where");
    unlike($out, qr/secret|\Q$digest/, "$name: not a word of it");
}

for ([ 'no newline at the end', "$digest bob" ],
     [ 'lines of CR LF', "# who\r\n\r\n$digest bob - tools=add,echo\r\n" ],
     [ 'tabs, and spaces at the ends', "\t$digest\tbob  \t\n \n" ],
     [ 'a digest in upper case', uc($digest) . " bob\n" ],
     [ 'a digest of nothing known, and a leap day',
       "$digest bob - not_before=2028-02-29 expires=2028-02-29T00:00:01Z\n" ])
{
    my ($name, $text) = @$_;
    accepted($name, location => $location, files => { keys => $text });
}


# --- the file

sub told {
    my ($name, $prepare, $re) = @_;

    my $t = MCPTest->new(location => $location);
    $prepare->($t->path('keys'), $t);

    my ($rc, $out) = $t->test_config;
    isnt($rc, 0, "$name: refused");
    like($out, qr/\[emerg\].*$re.* in \S+nginx\.conf:\d+$/m, "$name: why");
    return;
}


told('no file', sub { }, qr/open\(\) "\S+keys" failed \(2: /);
told('a directory', sub { mkdir shift }, qr/keys" is not a file of at most /);
told('a link to nowhere', sub { symlink '/none', shift },
     qr/open\(\) "\S+keys" failed \(2: /);
told('a device', sub { symlink '/dev/null', shift },
     qr/keys" is not a file of at most /);

{
    my $t = MCPTest->new(location => $location,
                         files => { real => "$digest bob\n" });

    symlink $t->path('real'), $t->path('keys');

    for ([ 0600, '' ], [ 0640, '' ], [ 0644, qr/\[warn\].*keys".*chmod 600/ ]) {
        my ($mode, $words) = @$_;

        chmod $mode, $t->path('real');
        my ($rc, $out) = $t->test_config;
        is($rc, 0, sprintf 'a link to a file of mode %o', $mode);
        ref $words ? like($out, $words, 'who may read it')
                   : is($out, '', 'without a word');
    }
}


# --- a reload that fails

my $t = MCPTest->new(location => "$location\nmcp_tools demo;",
                     files => { keys => "$digest bob\n" },
                     expect => [ qr/\[emerg\].*keys"/ ])->start;


sub works {
    my ($name) = @_;
    ok_result($t->call('add', { a => 1, b => 2 },
                       headers => { 'X-API-Key' => 'bob' }), $name);
    return;
}


works('a key');

rename $t->path('keys'), $t->path('away');
$t->reload(fails => qr/open\(\) "\S+keys" failed/);
works('its file is gone');

mkdir $t->path('keys');
$t->reload(fails => qr/keys" is not a file/);
works('it is a directory');
rmdir $t->path('keys');

$t->write_file('keys', "$digest bob\n$digest bob\n");
$t->reload(fails => qr/keys", line 2: this key, or one with/);
works('it has a key twice');


# --- to the second

my $now = int(time) + 3;

$t->write_file('keys', sha256_hex('ends') . " ends - expires=$now\n"
                       . sha256_hex('begins') . " begins - not_before=$now\n");
$t->reload;

my %seen;

wait_until(sub {
    my ($before, %status) = int time;

    $status{$_} = $t->rpc('tools/list', {}, headers => { 'X-API-Key' => $_ })
                    ->status for qw(ends begins);

    # the clock may have moved on between the two
    $seen{ $before <=> $now }{"@status{qw(ends begins)}"} = 1
        if int(time) == $before;

    return $before > $now;
}, 30);

is_deeply([ sort keys %{ $seen{-1} || {} } ], [ '200 401' ], 'before the second');
is_deeply([ sort keys %{ $seen{1} || {} } ], [ '401 200' ], 'and after it');

finish();
