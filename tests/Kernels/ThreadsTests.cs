using MiniGrad.Kernels.Cpu;
using Xunit;

namespace MiniGrad.Tests.Kernels;

/// <summary>The one parallel loop: every item once, errors reach the caller, loops nest and run beside each other.</summary>
[Collection(SerialCollection.Name)]
public sealed class ThreadsTests : IDisposable
{
    private readonly int former = Computing.Default.Threads;

    public ThreadsTests()
    {
        Computing.Default = Computing.Default with { Threads = 8 };
        Computing.Enter(null);
    }

    public void Dispose() => Computing.Default = Computing.Default with { Threads = former };

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(7, 1)]
    [InlineData(1000, 1)]
    [InlineData(1000, 3)]
    [InlineData(1000, 999)]
    [InlineData(1000, 5000)]
    [InlineData(1000, 0)]
    public void EveryItemRunsOnce(int n, int grain)
    {
        int[] visits = new int[n + 1];
        Threads.For(n, grain, new Count(visits, 0));
        for (int i = 0; i < n; i++) Assert.Equal(1, visits[i]);
        Assert.Equal(0, visits[n]);
    }

    [Fact]
    public void AnErrorReachesTheCallerAndTheNextLoopRuns()
    {
        for (int bad = 0; bad < 200; bad += 7)
        {
            int[] visits = new int[200];
            ArithmeticException error = Assert.Throws<ArithmeticException>(() => Threads.For(200, 1, new Fail(visits, bad)));
            Assert.Equal($"item {bad}", error.Message);
            Threads.For(200, 1, new Count(visits, 1));
            Assert.All(visits, count => Assert.InRange(count, 1, 2));
        }
    }

    [Fact]
    public void WhenAllItemsFailOneErrorIsReported()
    {
        for (int i = 0; i < 50; i++)
        {
            Assert.Throws<ArithmeticException>(() => Threads.For(64, 1, new Fail(new int[64], -1)));
        }
    }

    [Fact]
    public void LoopsNest()
    {
        int[] visits = new int[40 * 50];
        Threads.For(40, 1, new Outer(visits));
        Assert.All(visits, count => Assert.Equal(1, count));
    }

    [Fact]
    public void UserThreadsLoopBesideEachOther()
    {
        Exception?[] errors = new Exception?[6];
        Thread[] users = new Thread[errors.Length];
        for (int u = 0; u < users.Length; u++)
        {
            int number = u;
            users[u] = new Thread(() =>
            {
                try
                {
                    int[] visits = new int[300];
                    for (int round = 1; round <= 300; round++)
                    {
                        Threads.For(visits.Length, 1 + number, new Count(visits, 0));
                        Assert.All(visits, count => Assert.Equal(round, count));
                    }
                    Tensor x = Numbers.Random([40_000], DType.F32, $"user {number}");
                    float[] expected = Array.ConvertAll(x.ToArray<float>(), value => value * value);
                    for (int round = 0; round < 20; round++) Assert.Equal(expected, x.Square().ToArray<float>());
                }
                catch (Exception error)
                {
                    errors[number] = error;
                }
            });
            users[u].Start();
        }
        foreach (Thread user in users) user.Join();
        Assert.All(errors, Assert.Null);
    }

    /// <summary>A worker that enters or leaves a loop unseen would make one of these hang or miss an item.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void ThousandsOfTinyLoopsFinish(int count)
    {
        Computing.Default = Computing.Default with { Threads = count };
        int[] visits = new int[16];
        for (int round = 0; round < 8000; round++) Threads.For(visits.Length, 1, new Count(visits, 0));
        Assert.All(visits, total => Assert.Equal(8000, total));
    }

    [Fact]
    public void TheCountMayChangeBetweenLoops()
    {
        int[] visits = new int[64];
        for (int round = 0; round < 500; round++)
        {
            Computing.Default = Computing.Default with { Threads = 1 + round % 5 };
            Threads.For(visits.Length, 1, new Count(visits, 0));
        }
        Assert.All(visits, total => Assert.Equal(500, total));
        Assert.Throws<ArgumentOutOfRangeException>(() => Computing.Default = Computing.Default with { Threads = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => Computing.Default = Computing.Default with { Threads = 1025 });
    }

    private readonly struct Count(int[] visits, int atMost) : ILoopBody
    {
        public void Run(long begin, long end)
        {
            for (long i = begin; i < end; i++)
            {
                if (atMost > 0 && visits[i] > atMost) throw new InvalidOperationException($"item {i} ran {visits[i]} times");
                Interlocked.Increment(ref visits[i]);
            }
        }
    }

    private readonly struct Fail(int[] visits, int bad) : ILoopBody
    {
        public void Run(long begin, long end)
        {
            for (long i = begin; i < end; i++)
            {
                if (i == bad || bad < 0) throw new ArithmeticException($"item {i}");
                Interlocked.Increment(ref visits[i]);
            }
        }
    }

    private readonly struct Outer(int[] visits) : ILoopBody
    {
        public void Run(long begin, long end)
        {
            for (long i = begin; i < end; i++) Threads.For(50, 1, new Inner(visits, i));
        }
    }

    private readonly struct Inner(int[] visits, long row) : ILoopBody
    {
        public void Run(long begin, long end)
        {
            for (long i = begin; i < end; i++) Interlocked.Increment(ref visits[row * 50 + i]);
        }
    }
}
