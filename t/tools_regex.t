#!/usr/bin/perl

# The pack "text": regex_match and regex_replace.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use Time::HiRes qw(time);

my $t = MCPTest->new(location => 'mcp; mcp_tools text;
                                  client_max_body_size 8m;')->start;
my $r;


# matches as "start-end:text(groups){named}", a missing group as "-"

sub match {
    my ($pattern, $text, %more) = @_;

    my $r = $t->call('regex_match', { pattern => $pattern, text => $text,
                                      %more });

    return $r->body if !$r->result || $r->result->{isError};

    my $s = $r->result->{structuredContent};
    my @item = map {
        my $named = $_->{named};

        "$_->{start}-$_->{end}:$_->{text}"
        . (@{ $_->{groups} } ? '(' . join(',', map { $_ // '-' }
                                          @{ $_->{groups} }) . ')' : '')
        . ($named ? '{' . join(',', map { "$_=" . ($named->{$_} // '-') }
                               sort keys %$named) . '}' : '')
    } @{ $s->{matches} };

    push @item, 'count' if $s->{count} != @item;
    push @item, 'truncated' if $s->{truncated};

    return join ' ', @item;
}

my @case = (
    ['b', 'abcb', '1-2:b 3-4:b', 'all matches'],
    ['x', 'abc', '', 'no match'],
    ['', '', '0-0:', 'nothing in nothing'],
    ['b', 'éb😀b', '1-2:b 3-4:b', 'offsets in code points'],
    ['.', 'é😀', '0-1:é 1-2:😀', 'the dot is a code point'],
    ['\w+', 'Grüße 世界', '0-5:Grüße 6-8:世界', 'Unicode letters'],
    ['\d', '٣x', '0-1:٣', 'Unicode digits'],
    ['\bé\b', 'a é', '2-3:é', 'Unicode word boundaries'],
    ['\p{Greek}', 'aΩ', '1-2:Ω', 'Unicode properties'],
    ['(\d+)-(\d+)', '1-22 3-4', '0-4:1-22(1,22) 5-8:3-4(3,4)', 'groups'],
    ['(a)|(b)', 'ab', '0-1:a(a,-) 1-2:b(-,b)', 'a group without a part'],
    ['(a*)b', 'b', '0-1:b()', 'an empty group'],
    ['(?<y>\d\d)(x)?', '99', '0-2:99(99,-){y=99}', 'a named group'],
    ['(?<b>1)|(?<a>2)', '21', '0-1:2(-,2){a=2,b=-} 1-2:1(1,-){a=-,b=1}',
     'named groups'],
    ['(?J)(?<n>a)|(?<n>b)|c', 'abc',
     '0-1:a(a,-){n=a} 1-2:b(-,b){n=b} 2-3:c(-,-){n=-}', 'one name twice'],
    ['', 'aé', '0-0: 1-1: 2-2:', 'empty matches'],
    ['x*', 'axxé', '0-0: 1-3:xx 3-3: 4-4:', 'empty ones and others'],
    ['(?=a)|b', 'ab', '0-0: 1-2:b', 'an empty alternative'],
    ['(?<=é)b', 'ab éb', '4-5:b', 'lookbehind'],
    ['a\Kb', 'abab', '1-2:b 3-4:b', 'a moved start'],
    ['^a', "a\na", '0-1:a', 'without m'],
    ['^a', "a\na", '0-1:a 2-3:a', 'with m', 'm'],
    ['a.b', "a\nb", '', 'without s'],
    ['a.b', "a\nb", "0-3:a\nb", 'with s', 's'],
    ['É', 'é', '', 'without i'],
    ['É', 'é', '0-1:é', 'with i', 'i'],
    ["a  b # c", 'ab', '0-2:ab', 'with x', 'x'],
    ["^A . b\$", "x\na\nb", "2-5:a\nb", 'all flags', 'imsx'],
);

for my $case (@case) {
    my ($pattern, $text, $expected, $name, $flags) = @$case;

    is(match($pattern, $text, defined $flags ? (flags => $flags) : ()),
       $expected, "match: $name");
}

is(match('a', 'aaa', max_matches => 2), '0-1:a 1-2:a truncated',
   'match: more than allowed');
is(match('a', 'aa', max_matches => 2), '0-1:a 1-2:a',
   'match: as many as allowed');
like(match('a', 'a' x 101), qr/99-100:a truncated$/, 'match: 100 by default');
ok_tool_error($t->call('regex_match', { pattern => 'a' x 4097, text => 'a' }),
              qr{/pattern}, 'match: a pattern too long');
is(match('z', ('é' x 1000000) . 'z'), '1000000-1000001:z',
   'match: two million bytes');

my $all = 'a' x 1500000;

is(match('a+', $all), "0-1500000:$all", 'match: a long match');
like(match('(?=(a+))', 'a' x 600000), qr/\) truncated$/,
     'match: the result is bounded');
like(match('(?=(a+))' x 3, 'a' x 1000000), qr/capture less/,
     'match: so is one match');

for my $case (
    ['(é', 2, qr/parenthesis/],
    ['é)', 1, qr/parenthesis/],
    ['a{2,1}', undef, qr/order/],
    ['[z-a]', undef, qr/range/],
    ['(?<n>a)(?<n>b)', undef, qr/name/],
    ['\1', undef, qr/./],
    ['\C', undef, qr/disabled/],
    ['((a{0,999}){0,999}){0,999}', undef, qr/too large/],
    ['(' x 300 . ')' x 300, undef, qr/nested/],
) {
    my ($pattern, $offset, $re) = @$case;
    my $name = 'match: refused ' . substr $pattern, 0, 20;

    utf8::encode($name);
    $r = $t->call('regex_match', { pattern => $pattern, text => 'a' });
    ok_tool_error($r, $re, $name);
    like($r->text, qr/"pattern" is not a valid regular expression/,
         "$name, what");
    like($r->text, qr/offset $offset$/, "$name, where") if defined $offset;
}

ok_tool_error($t->call('regex_match', { pattern => 'a', text => 'a',
                                        flags => 'g' }),
              qr{/flags}, 'match: an unknown flag');
ok_tool_error($t->call('regex_match', { pattern => 'a', text => 'a',
                                        max_matches => 1001 }),
              qr{/max_matches}, 'match: too many matches wanted');
ok_tool_error($t->call('regex_match', { pattern => '(?R)', text => 'a' }),
              qr/recursion/, 'match: an endless recursion');
ok_tool_error($t->call('regex_match', { pattern => 'a' }), qr/text/,
              'match: no text');


# Patterns made to take for ever.  The worker answers others in between.

my $long = 'a' x 1000000;

for my $case (
    ['(a+)+$', 'a' x 50 . 'b', 'nested quantifiers'],
    ['(*LIMIT_MATCH=4000000000)(a+)+$', 'a' x 50 . 'b', 'its own limit'],
    ['(a|a)*$', 'a' x 50 . 'b', 'equal alternatives'],
    ['(?:a|b)*', $long, 'deep backtracking'],
    ['a+[bc]', $long, 'a quadratic scan'],
    ['(a+)b(?:a)*?\1[cd]', 'a' x 300000 . 'b' . 'a' x 300000,
     'long back references'],
    ['(.*)(.*)(.*)(.*)[xy]$', $long, 'adjacent quantifiers'],
    ['\X+\d', 'é' x 500000, 'grapheme clusters'],
    ['()' x 2000, $long, 'many groups'],
) {
    my ($pattern, $text, $name) = @$case;
    my $start = time;

    for my $tool (qw(regex_match regex_replace)) {
        my %more = $tool eq 'regex_match' ? (max_matches => 1000)
                                          : (replacement => 'x');

        ok_tool_error($t->call($tool, { pattern => $pattern, text => $text,
                                        %more }),
                      qr/match limit.*quantifiers/s, "$tool: $name");
    }

    cmp_ok(time - $start, '<', MCPTest::patience(), "$name: ends soon");
    is(match('b', 'ab'), '1-2:b', "$name: the worker lives");
}


# "text|replacements"

sub replace {
    my ($pattern, $text, $replacement, %more) = @_;

    my $r = $t->call('regex_replace', { pattern => $pattern, text => $text,
                                        replacement => $replacement, %more });

    return $r->body if !$r->result || $r->result->{isError};

    my $s = $r->result->{structuredContent};
    return "$s->{text}|$s->{replacements}";
}

@case = (
    ['b', 'abcb', 'X', 'aXcX|2', 'all matches'],
    ['x', 'abc', 'X', 'abc|0', 'no match'],
    ['b', 'abcb', '', 'ac|2', 'by nothing'],
    ['é', 'aéb', '😀', 'a😀b|1', 'UTF-8'],
    ['(\w+) (\w+)', 'Ada Lovelace', '$2, ${1}', 'Lovelace, Ada|1', 'groups'],
    ['a', 'aa', '<$0>', '<a><a>|2', 'the match'],
    ['a', 'a', '$$1', '$1|1', 'a dollar sign'],
    ['a', 'a', '\1\n', '\1\n|1', 'backslashes'],
    ['(?<x>a)', 'ab', '${x}$x', 'aab|1', 'named groups'],
    ['(a)|b', 'ab', '[$1]', '[a][]|2', 'a group without a part'],
    ['', 'aé', '-', '-a-é-|3', 'empty matches'],
    ['x*', 'axb', '-', '-a--b-|4', 'empty ones and others'],
    ['^', "a\nb", '> ', "> a\n> b|2", 'with a flag', flags => 'm'],
    ['É', 'é', 'e', 'e|1', 'ignoring case', flags => 'i'],
    ['a', 'aaa', 'b', 'baa|1', 'the first one', global => false],
    ['a', 'aaa', 'b', 'bbb|3', 'all if asked for', global => true],
);

for my $case (@case) {
    my ($pattern, $text, $replacement, $expected, $name, @more) = @$case;

    is(replace($pattern, $text, $replacement, @more), $expected,
       "replace: $name");
}

is(replace('z', ('é' x 500000) . 'z', 'y'), ('é' x 500000) . 'y|1',
   'replace: in a million bytes');
like(replace('a', 'a' x 1000, 'b' x 10000), qr/longer than/,
     'replace: the result is bounded');
is(replace('a', 'a' x 1000, 'b' x 1000), 'b' x 1000000 . '|1000',
   'replace: by a million bytes');

for my $case (
    ['$1', qr/does not have/], ['${x}', qr/does not have/],
    ['é$', qr/offset \d/], ['${', qr/offset \d/], ['${0', qr/offset \d/],
    ['$!', qr/offset \d/],
) {
    my ($replacement, $re) = @$case;
    my $name = "replace: a bad replacement $replacement";

    utf8::encode($name);
    $r = $t->call('regex_replace', { pattern => 'a', text => 'a',
                                     replacement => $replacement });
    ok_tool_error($r, $re, $name);
    like($r->text, qr/"replacement".*\$\$/, "$name, what to do");
}

ok_tool_error($t->call('regex_replace', { pattern => '(', text => 'a',
                                          replacement => '' }),
              qr/not a valid regular expression/, 'replace: a bad pattern');

finish();
