package MCPTest::Backend;

# A service for nginx to stand before: it answers as a test tells it to, and
# tells the test exactly what it got.
#
# Copyright (C) the ngx_http_mcp_module authors

=head1 SYNOPSIS

    my $b = MCPTest::Backend->start(
        '/orders/1' => { body => '{"id":1}' },
        'POST /orders' => { status => 201, body => '{}' },
        '/slow' => { wait => 1, body => '{}' },
    );

    my $t = MCPTest->new(server => 'location /_api/ { internal;
        proxy_pass http://127.0.0.1:' . $b->port . '/; }', ...)->start;

    $t->call('order', { id => 1 });

    my $r = $b->request;
    is($r->line, 'GET /orders/1 HTTP/1.0', 'what was asked for');
    is($r->header('X-Id'), undef, 'and what was not said');

=head1 SERVER

C<start(ROUTES)> runs it in a process of its own, on a free port of 127.0.0.1,
until the object or the test is gone.  It speaks HTTP/1.0 and 1.1 on any
number of connections at once and keeps them where the client wants that.

A route is found by, in this order: "METHOD target" (as it came, with its
query), "target", "METHOD path", "path", the longest beginning that ends with
a "*" ("/x/*", "*").  Without any: 404.  An answer has

    status   200
    type     application/json; undef for none
    headers  [name, value, ...], more of them
    body     bytes
    huge     so many MB of lines of 64 bytes instead of a body
    chunked  in chunks of so many bytes
    length   the Content-Length that is said; undef: none, the end of the
             connection is the end of the body
    gzip     true: compressed; deflate likewise, "zlib" or "raw"
    cut      the connection is closed after so many bytes of the body
    steps    [pieces]: instead of a body, chunks that wait for go() each
    wait     true: nothing is sent before go()
    gate     the name of what these two wait for; the route if there is none
    close    true: closes without an answer; "reset": resets
    raw      these bytes instead of a response; then the connection is closed
    keep     false: closes after the answer, without saying so before

or is code, in start() only, that gets the request and returns such an answer.

    port
    answer(ROUTES)     sets more routes, or other answers
    go(GATE, N)        one (N) that waits may go on; before it waits, too
    connections        how many there have been
    stop

=head1 RECORDS

    request            the next request, in the order they were complete;
                       undef if there is none in time
    request(qr//)      the next one with such a target; others stay
    requests           all that have come and were not read yet, at once
    closed(R)          waits until the client has closed the connection on
                       which R came before its answer was complete; then the
                       number of bytes of the body that were sent; undef if
                       that does not happen in time
    answered(R)        waits until the answer is sent; likewise

A request has

    line method target path query (undef: none) version
    headers            [[name, value], ...] in order, as they came
    header(NAME)       the values of a name joined with ", ", or undef
    body
    head               the bytes of line and headers
    number             of the request; and of its
    connection         both counted from 1
    json               the body decoded, or undef

=cut

use strict;
use warnings;

use IO::Socket::INET ();
use POSIX ();
use Socket qw(AF_UNIX SOCK_STREAM PF_UNSPEC);
use Storable ();
use Time::HiRes ();

use MCPTest ();
use MCPTest::Backend::Server;


sub start {
    my ($class, %routes) = @_;

    my $listen = IO::Socket::INET->new(Listen => 511, LocalAddr => '127.0.0.1')
        or die "listen: $!\n";

    socketpair my $mine, my $its, AF_UNIX, SOCK_STREAM, PF_UNSPEC
        or die "socketpair: $!\n";

    my $pid = fork // die "fork: $!\n";

    if ($pid == 0) {
        $SIG{$_} = 'DEFAULT' for qw(INT TERM HUP);

        # what waits for the output of the test does not wait for this
        open STDIN, '<', '/dev/null';
        open STDOUT, '>', '/dev/null';
        close $mine;

        eval { MCPTest::Backend::Server->new($listen, $its, %routes)->run; 1 }
            or warn "backend: $@";
        POSIX::_exit(0);
    }

    return bless { port => $listen->sockport, pid => $pid, owner => $$,
                   control => $mine, unread => [], end => {}, in => '' },
                 $class;
}


sub port { return $_[0]{port} }


sub answer {
    my ($self, %routes) = @_;

    $self->_tell(routes => \%routes);
    return;
}


sub go {
    my ($self, $gate, $n) = @_;

    $self->_tell(go => [$gate, $n // 1]);
    return;
}


sub connections {
    my ($self) = @_;
    return $self->_tell('sync');
}


# returns when it is done, and when all that had come before is recorded

sub _tell {
    my ($self, $command, $data) = @_;

    MCPTest::Backend::Server::message_send($self->{control},
                                           [$command, $data]);

    delete $self->{done};
    $self->_wait(sub { exists $self->{done} });

    die "the backend is gone\n" if !exists $self->{done};
    return $self->{done};
}


sub _wait {
    my ($self, $code) = @_;

    my $end = Time::HiRes::time() + MCPTest::patience();

    for (;;) {
        my $rc = $code->();
        return $rc if defined $rc && length $rc;

        my $left = $end - Time::HiRes::time();
        my $select = IO::Select->new($self->{control});

        return if $self->{eof} || $left <= 0 || !$select->can_read($left);

        sysread $self->{control}, $self->{in}, 65536, length $self->{in}
            or $self->{eof} = 1;

        while (my $m = MCPTest::Backend::Server::message_take(\$self->{in})) {
            $self->_event(@$m);
        }
    }
}


sub _event {
    my ($self, $what, $data) = @_;

    if ($what eq 'request') {
        push @{ $self->{unread} }, bless $data, 'MCPTest::Backend::Request';

    } elsif ($what eq 'done') {
        $self->{done} = $data;

    } else {
        $self->{end}{ $data->{number} } = [$what, $data->{sent}];
    }

    return;
}


sub request {
    my ($self, $re) = @_;

    return $self->_wait(sub {
        my $unread = $self->{unread};

        for my $i (0 .. $#$unread) {
            return splice @$unread, $i, 1
                if !defined $re || $unread->[$i]->target =~ $re;
        }

        return;
    });
}


sub requests {
    my ($self) = @_;

    $self->_tell('sync');
    my @all = splice @{ $self->{unread} };
    return @all;
}


sub _end {
    my ($self, $r, $what) = @_;

    my $end = $self->_wait(sub { $self->{end}{ $r->number } });

    return $end && $end->[0] eq $what ? $end->[1] : undef;
}


sub closed   { return _end(@_, 'closed') }
sub answered { return _end(@_, 'answered') }


sub stop {
    my ($self) = @_;

    close delete $self->{control} or return;
    waitpid $self->{pid}, 0;
    return;
}


sub DESTROY {
    my ($self) = @_;

    local ($?, $!, $@);

    $self->stop if $self->{control} && $self->{owner} == $$;
    return;
}


package MCPTest::Backend::Request;

use strict;
use warnings;

use JSON::PP ();


sub line       { return $_[0]{line} }
sub method     { return $_[0]{method} }
sub target     { return $_[0]{target} }
sub path       { return $_[0]{path} }
sub query      { return $_[0]{query} }
sub version    { return $_[0]{version} }
sub headers    { return $_[0]{headers} }
sub body       { return $_[0]{body} }
sub head       { return $_[0]{head} }
sub number     { return $_[0]{number} }
sub connection { return $_[0]{connection} }


sub header {
    my ($self, $name) = @_;

    my @values = map { $_->[1] } grep { lc $_->[0] eq lc $name }
                 @{ $self->{headers} };

    return @values ? join(', ', @values) : undef;
}


sub json {
    my ($self) = @_;
    return scalar eval {
        JSON::PP->new->utf8->allow_nonref->decode($self->{body})
    };
}


1;
