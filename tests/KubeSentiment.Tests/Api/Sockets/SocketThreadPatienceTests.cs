using KubeSentiment.Api.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.Api.Sockets;

/// <summary>When a thread that reads requests rests before it reads the next one.</summary>
public sealed class SocketThreadPatienceTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(80);

    private readonly FakeTimeProvider _time = new();
    private readonly FakeThread _thread = new();
    private readonly SocketThreadPatience _patience;

    public SocketThreadPatienceTests() => _patience = new SocketThreadPatience(_thread, _time);

    [Fact]
    public async Task Invoke_ThreadHasReadAllThatHadCome_RestsWhileCallersAreRefused()
    {
        var rests = await Threads.Start(() =>
        {
            List<bool> seen = [];
            Ask(200);
            Ask(503);
            Ask(200);
            Ask(200);
            _time.Advance(Soon);
            Ask(503);
            Ask(200);
            _time.Advance(Soon);
            Ask(200);
            Ask(200);
            _time.Advance(Soon);
            Ask(200);
            Ask(200);
            return seen;

            void Ask(int status)
            {
                var before = _thread.Rests;
                _thread.ReadAll();
                Answer(status, Task.CompletedTask);
                seen.Add(_thread.Rests > before);
            }
        });

        rests.ShouldBe([false, false, false, true, false, true, false, true, false, false]);
    }

    /// <summary>What it read since the last beat began has taken a part of this one, or all of it.</summary>
    [Fact]
    public async Task Invoke_ReadForAWhile_RestsForWhatIsLeftOfTheBeat()
    {
        var rests = await Threads.Start(() =>
        {
            List<double> seen = [];
            Answer(503, Task.CompletedTask);
            foreach (var busy in (double[])[10, 0.5, 2.9, 3.1])
            {
                _time.Advance(TimeSpan.FromMilliseconds(busy));
                _thread.ReadAll();
                var before = _thread.Rested;
                Answer(503, Task.CompletedTask);
                seen.Add((_thread.Rested - before).TotalMilliseconds);
            }

            return seen;
        });

        rests.ShouldBe([0, 2.5, 0.1, 0]);
    }

    /// <summary>To interrupt a run costs the same for few requests as for many; no refusal waits for long.</summary>
    [Fact]
    public async Task Invoke_FewRequestsABeat_BeatsGrow()
    {
        var beats = await Threads.Start(() =>
        {
            List<double> seen = [];
            Answer(503, Task.CompletedTask);
            foreach (var requests in (int[])[100, 16, 12, 12, 4, 16, 32, 4, 1])
            {
                _thread.ReadAll();
                var before = _thread.Rested;
                for (var i = 0; i < requests; i++)
                {
                    Answer(503, Task.CompletedTask);
                }

                seen.Add((_thread.Rested - before).TotalMilliseconds);
            }

            return seen;
        });

        // The first one begins late; each of the others goes by how many the one before it had.
        beats.ShouldBe([0, 1.5, 1.5, 2, 2.6667, 3, 3, 1.5, 3], tolerance: 0.001);
    }

    /// <summary>Or it would fall behind.</summary>
    [Fact]
    public async Task Invoke_ThereIsMoreToRead_GoesOn()
    {
        var rests = await Threads.Start(() =>
        {
            List<int> seen = [];
            Answer(503, Task.CompletedTask);
            _thread.ReadAll();
            Answer(503, Task.CompletedTask);
            _thread.ReadAll();
            for (var i = 0; i < 3; i++)
            {
                Answer(503, Task.CompletedTask);
                seen.Add(_thread.Rests);
            }

            _thread.ReadAll();
            Answer(503, Task.CompletedTask);
            seen.Add(_thread.Rests);
            return seen;
        });

        rests.ShouldBe([1, 1, 1, 2]);
    }

    /// <summary>Without being called back the thread would rest before each request.</summary>
    [Fact]
    public async Task Invoke_ThreadCannotCallBack_GoesOn()
    {
        _thread.CanCallBack = false;

        (await RestsAfterAsync(() => Answer(503, Task.CompletedTask))).ShouldBe(0);
    }

    /// <summary>Who ends elsewhere says nothing of this thread.</summary>
    [Fact]
    public async Task Invoke_RefusedLater_ChangesNothing() =>
        (await RestsAfterAsync(() => Answer(503, new TaskCompletionSource().Task))).ShouldBe(0);

    /// <summary>A worker of the model reads on from a connection that it has answered, and has better things to do than to rest.</summary>
    [Fact]
    public async Task Invoke_OnAnotherThread_ChangesNothing()
    {
        _thread.IsCurrent = false;

        (await RestsAfterAsync(() => Answer(503, Task.CompletedTask))).ShouldBe(0);
    }

    private Task<int> RestsAfterAsync(Action first) => Threads.Start(() =>
    {
        first();
        for (var i = 0; i < 3; i++)
        {
            _thread.ReadAll();
            Answer(200, Task.CompletedTask);
        }

        return _thread.Rests;
    });

    private void Answer(int status, Task end) => _ = _patience.InvokeAsync(new DefaultHttpContext(), context =>
    {
        context.Response.StatusCode = status;
        return end;
    });

    private sealed class FakeThread : IReadingThread
    {
        private Action? _whenRead;

        public bool IsCurrent { get; set; } = true;

        public bool CanCallBack { get; set; } = true;

        public int Rests { get; private set; }

        public TimeSpan Rested { get; private set; }

        public void CallBack(Action whenRead)
        {
            _whenRead.ShouldBeNull("one call at a time");
            _whenRead = whenRead;
        }

        public void ReadAll()
        {
            var whenRead = _whenRead;
            _whenRead = null;
            whenRead?.Invoke();
        }

        public void Rest(TimeSpan time)
        {
            Rests++;
            Rested += time;
        }
    }
}
