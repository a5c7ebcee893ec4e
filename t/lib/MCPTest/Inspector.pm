package MCPTest::Inspector;

# The command lines of the official Inspector: "mcp-inspector --cli", one
# method a run, and "mcpdo", which keeps connections open in a process of its
# own until the object is gone.
#
#     my $inspector = MCPTest::Inspector->new($t);
#
#     my $r = $inspector->cli($url, $era, '--method', 'tools/list');
#     $inspector->connect('name', $url, $era, @option);
#     $r = $inspector->mcpdo('name', 'tools/call', 'add', 'a:=1', 'b:=2');
#     $inspector->respond($r->{out}{elicitationPending}{elicitationId}, ...);
#     my $stream = $inspector->stream('name', 'logging/tail');
#     $stream->next;
#
# The eras are "legacy", "modern" and "auto"; $r is { rc, out, error }, the
# latter two decoded.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use IO::Select;
use JSON::PP ();
use POSIX ();
use Time::HiRes qw(time);

use MCPTest::Node qw(exec_node);

my $package = 'node_modules/@modelcontextprotocol/inspector/clients';
my $seconds = 30;


sub new {
    my ($class, $t) = @_;

    my $self = bless {
        t     => $t,
        dir   => $t->path('inspector'),
        token => join('', map { ('a' .. 'z')[rand 26] } 1 .. 32),
        count => 0,
    }, $class;

    mkdir $self->{dir}, 0700;
    return $self;
}


sub cli {
    my ($self, $url, $era, @argument) = @_;

    return $self->_run('launcher/build/index.js', '--cli', '--server-url', $url,
                       qw(--transport http --format json --protocol-era), $era,
                       @argument);
}


# what a connection is called comes from a file only

sub connect {
    my ($self, $name, $url, $era, @option) = @_;

    my $file = "$self->{dir}/$name.json";
    open my $fh, '>', $file or die "$file: $!";
    print $fh JSON::PP::encode_json({ mcpServers => {
        $name => { type => 'streamable-http', url => $url,
                   protocolEra => $era },
    } });
    close $fh;

    $self->{connected} = 1;
    return $self->_mcpdo('connect', $name, '--config', $file, @option);
}


sub mcpdo {
    my ($self, $name, @argument) = @_;

    return $self->_mcpdo("\@$name", @argument);
}


# to what a call has asked

sub respond {
    my ($self, $id, @answer) = @_;

    return $self->_mcpdo('elicitation/respond', $id, @answer);
}


sub _mcpdo {
    my ($self, @argument) = @_;

    return $self->_run('mcpdo/build/mcp-bin.js', qw(--format json), @argument);
}


sub _run {
    my ($self, $script, @argument) = @_;

    my $n = $self->{count}++;
    my ($out, $err) = map { "$self->{dir}/$_$n" } qw(out err);
    my $pid = fork // die "fork: $!";

    if ($pid == 0) {
        open STDOUT, '>', $out;
        open STDERR, '>', $err;
        $self->_exec($script, @argument);
    }

    local $SIG{ALRM} = sub { kill 'KILL', $pid };
    alarm $seconds;
    waitpid $pid, 0;
    alarm 0;

    my $rc = $? >> 8 || $? & 127;
    my $json = JSON::PP->new->utf8;
    my ($error) = reverse grep { /^\{"error"/ } split /\n/, _slurp($err);

    return {
        rc    => $rc,
        out   => scalar(eval { $json->decode(_slurp($out)) }),
        error => $error ? $json->decode($error)->{error} : undef,
        text  => _slurp($out) . _slurp($err),
    };
}


sub _exec {
    my ($self, $script, @argument) = @_;

    delete @ENV{grep { /^(?:MCP|XDG|DBUS)_/ } keys %ENV};
    $ENV{HOME} = $self->{dir};
    $ENV{MCP_INSPECTOR_SECRET_STORE} = 'file';
    $ENV{MCP_INSPECTOR_DAEMON_DIR} = $self->{dir};
    $ENV{MCP_INSPECTOR_DAEMON_TOKEN} = $self->{token};

    exec_node("$package/$script", @argument);
}


# what is printed as it comes

sub stream {
    my ($self, $name, @argument) = @_;

    my $pid = open(my $out, '-|') // die "fork: $!";

    if ($pid == 0) {
        open STDERR, '>', '/dev/null';
        $self->_exec('mcpdo/build/mcp-bin.js', qw(--format json), "\@$name",
                     @argument);
    }

    return bless { pid => $pid, out => $out, json => JSON::PP->new->utf8 },
        'MCPTest::Inspector::Stream';
}


sub DESTROY {
    my ($self) = @_;

    local ($?, $@);
    $self->_mcpdo('daemon', 'stop') if $self->{connected};
    return;
}


sub _slurp {
    my ($file) = @_;

    open my $fh, '<:raw', $file or return '';
    local $/;
    return <$fh> // '';
}


package MCPTest::Inspector::Stream;

# whether something came within a moment

sub ready {
    my ($self) = @_;

    return IO::Select->new($self->{out})->can_read(0.5);
}


# undef: nothing came in time

sub next {
    my ($self) = @_;

    my $select = IO::Select->new($self->{out});
    my $end = Time::HiRes::time() + $seconds;

    while (1) {
        my $entry = $self->{json}->incr_parse;
        return $entry if $entry;

        $select->can_read($end - Time::HiRes::time()) or return undef;
        sysread($self->{out}, my $piece, 65536) or return undef;
        $self->{json}->incr_parse($piece);
    }
}


sub DESTROY {
    my ($self) = @_;

    local ($?, $@);
    kill 'TERM', $self->{pid};
    close $self->{out};
    return;
}


1;
