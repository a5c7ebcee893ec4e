#!/usr/bin/perl

# Tool arguments: violations the model can read, and exact numbers.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Tools;

my $schema = <<'EOS';
{"type":"object",
 "properties":{
   "name":{"type":"string","minLength":2,"maxLength":3,"pattern":"^\\p{L}+$"},
   "n":{"type":"integer","minimum":1,"maximum":10,"multipleOf":2},
   "step":{"multipleOf":0.01},
   "unit":{"enum":["metric","imperial"]},
   "list":{"type":"array","items":{"type":"object","required":["x"],
           "properties":{"x":{"$ref":"#/$defs/small"}}},
           "uniqueItems":true,"maxItems":3},
   "a/b~c":{"type":"boolean"},
   "many":{"type":"array","uniqueItems":true},
   "slow":{"type":"string","pattern":"^(a+)+$"},
   "names":{"type":"object","propertyNames":{"pattern":"^(x+x+)+y$"}},
   "tree":{"$ref":"#/$defs/tree"}},
 "$defs":{"small":{"type":"number","exclusiveMaximum":5},
   "tree":{"type":"array","items":{"anyOf":[{"$ref":"#/$defs/tree"},
           {"allOf":[{"$ref":"#/$defs/tree"},{"minItems":1}]}]}}},
 "additionalProperties":false}
EOS

my $t = MCPTest->new(
    modules => [probe_tools(ODD_INPUT => $schema =~ s/\n\s*//gr)],
    location => 'mcp; mcp_tools demo probe odd;',
)->start;

my $r;


# what is answered to arguments of "odd", modern and legacy

sub odd {
    my ($arguments, $re, $name) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    my @r = ($t->call('odd', $arguments), $t->legacy_call('odd', $arguments));

    if ($re) {
        ok_tool_error($_, $re, $name) for @r;

    } else {
        ok_result($_, $name) for @r;
    }

    return;
}


# the error names the path and the rule

odd({}, undef, 'nothing is required');
odd(undef, undef, 'arguments may be absent');
odd({ name => 'ab', n => 2, unit => 'metric', 'a/b~c' => true }, undef, 'fine');

odd({ name => 1 }, qr{/name\b.*string}s, 'type: a string');
odd({ name => undef }, qr{/name\b.*string}s, 'type: not null');
odd({ n => '2' }, qr{/n\b.*integer}s, 'type: an integer');
odd({ n => 2.5 }, qr{/n\b.*integer}s, 'type: not a fraction');
odd({ n => true }, qr{/n\b.*integer}s, 'type: not a boolean');
odd({ name => 'a' }, qr{/name\b.*(minLength|2)}s, 'minLength');
odd({ name => 'abcd' }, qr{/name\b.*(maxLength|3)}s, 'maxLength');
odd({ name => "\x{1f600}" x 3 }, qr{/name\b.*pattern}s,
    'maxLength counts code points');
odd({ name => 'a1' }, qr{/name\b.*pattern}s, 'pattern');
odd({ name => "\x{e9}\x{434}\x{3b1}" }, undef, 'pattern knows Unicode');
odd({ n => 0 }, qr{/n\b.*(minimum|1)}s, 'minimum');
odd({ n => 12 }, qr{/n\b.*(maximum|10)}s, 'maximum');
odd({ n => 3 }, qr{/n\b.*multiple}s, 'multipleOf');
odd({ n => raw('4.0') }, undef, '4.0 is an integer');
odd({ n => raw('0.4e1') }, undef, 'so is 0.4e1');
odd({ step => raw('0.07') }, undef, 'multipleOf is exact');
odd({ step => raw('19.99') }, undef, 'multipleOf is exact again');
odd({ step => raw('0.075') }, qr{/step\b.*multiple}s,
    'multipleOf of a decimal');
odd({ unit => 'kelvin' }, qr{/unit\b.*(enum|metric)}s, 'enum');
odd({ other => 1 }, qr{"other"}, 'additionalProperties');
odd({ list => [{ x => 1 }, {}] }, qr{/list/1\b.*(required|x)}s, 'required');
odd({ list => [{ x => 5 }] }, qr{/list/0/x\b.*(exclusiveMaximum|5)}s,
    'a path through a $ref');
odd({ list => [{ x => 1 }, { x => 1 }] }, qr{/list\b.*unique}s, 'uniqueItems');
odd({ list => [{ x => 1 }, { x => raw('1.0') }] }, qr{/list\b.*unique}s,
    'uniqueItems compares numbers');
odd({ list => [map { { x => -$_ } } 1 .. 4] }, qr{/list\b.*(maxItems|3)}s,
    'maxItems');
odd({ 'a/b~c' => 1 }, qr{/a~1b~0c\b}, 'the path is a JSON pointer');

ok_tool_error($t->call('add', { a => 1 }), qr/b\b/, 'a required argument');
ok_tool_error($t->call('add'), qr/required|a\b/, 'no arguments at all');
ok_tool_error($t->call('add', {}), qr/required|a\b/, 'empty arguments');
ok_tool_error($t->call('add', { a => 1, b => 2, "\x{e9}\"\n" => 1 }),
              qr/\x{e9}/, 'an error quotes the argument');
ok_tool_error($t->call('add', { a => 1, b => 'x' x 100000 }), qr{/b\b},
              'a long argument');
cmp_ok(length $t->call('add', { a => 1, b => 'x' x 100000 })->body, '<', 5000,
       'is not sent back');
$r = $t->call('add', { a => 1, b => 2, 'x' x 100000 => 1 });
ok_tool_error($r, qr/x/, 'a long name of an argument');
cmp_ok(length $r->body, '<', 5000, 'is not sent back either');


# what makes a validator work hard ends soon, with an answer

my %hard = (
    'many numbers to compare' => { many => [1 .. 60000] },
    'many objects to compare' => { many => [map { { a => [$_, {}] } }
                                            1 .. 10000] },
    'many long strings to compare' => { many => [map { 'x' x 2000 . $_ }
                                                 1 .. 400] },
    'a pattern that tracks back' => { slow => 'a' x 50000 . '!' },
    'a pattern for many names' => { names => { map { ('x' x 40 . $_ => 1) }
                                               1 .. 1000 } },
    'a tree with two ways at each branch' =>
        { tree => raw('[' x 59 . '1' . ']' x 59) },
);

for my $name (sort keys %hard) {
    my $start = Time::HiRes::time();

    $r = $t->call('odd', $hard{$name});
    cmp_ok($r->status // 500, '<', 500, $name);
    cmp_ok(Time::HiRes::time() - $start, '<', MCPTest::sanitize() ? 20 : 4,
           "$name: in time");
}


# numbers

$r = $t->call('probe_arguments', { n => raw('9007199254740993') });
like($r->body, qr/"structuredContent":\{"n":9007199254740993\}/,
     'an integer above 2^53 goes through a handler');

for (['9007199254740993', '0', '9007199254740993'],
     ['9007199254740993', '1', '9007199254740994'],
     ['-9007199254740993', '-2', '-9007199254740995'],
     ['1', '2', '3'], ['1.0', '2', '3'], ['1e2', '1', '101'],
     ['0.5', '0.25', '0.75'], ['-0', '0', '0'], ['1e-2', '0', '0.01'])
{
    my ($a, $b, $sum) = @$_;

    $r = $t->call('add', { a => raw($a), b => raw($b) });
    like($r->body, qr/"structuredContent":\{"sum":\Q$sum\E\}/,
         "$a + $b is $sum");
    is($r->text, "{\"sum\":$sum}", "$a + $b is $sum in the text too");
}

ok_tool_error($t->call('add', { a => raw('1e308'), b => raw('1e308') }),
              qr/range|double|large/, 'a sum that no double holds');


# strings

for ("\x{e9}", "\x{10ffff}", "\x{feff}", "\x{2028}", "\x{7f}", "\x{1}", '',
     '\\', '"', '</script>', 'x' x 500000)
{
    my $name = length > 10 ? 'long' : join ' ', map { sprintf 'U+%04X', ord }
                                                split //;

    is($t->call('echo', { text => $_ })->text, $_, "echo: $name");
}

$r = $t->call('echo', { text => "\x{2028}\n" });
unlike($r->body, qr/\n/, 'a line feed is escaped');

finish();
