using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MiniGrad.Data;
using Xunit;

namespace MiniGrad.Tests.Data;

public sealed partial class DataFetchTests : IDisposable
{
    private static readonly byte[] Content = RandomBytes(seed: 7, count: 200_000);

    private readonly TemporaryFolder folder = new();

    private string Target => Path.Combine(folder.Path, "things", "a.bin");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task FetchesAndReportsProgress()
    {
        await using LoopbackServer server = new((request, reply) => reply.FileAsync(Content, request));
        Recorder progress = new();
        await new DataFetch(Options(server.Address)).FetchAsync("set", folder.Path, progress);
        Assert.Equal(Content, await File.ReadAllBytesAsync(Target));
        Assert.False(File.Exists(Target + ".part"));
        LoopbackRequest request = Assert.Single(server.Requests);
        Assert.Equal("/a.bin", request.Path);
        Assert.Null(request.From);
        Assert.Equal(new FetchProgress("a.bin", Content.Length, Content.Length, server.Address), progress.Seen[^1]);
        for (int i = 1; i < progress.Seen.Count; i++) Assert.True(progress.Seen[i].Received > progress.Seen[i - 1].Received);
    }

    [Fact]
    public async Task ARightFileIsLeftAlone()
    {
        folder.Write("things/a.bin", Content);
        await using LoopbackServer server = new((request, reply) => reply.FileAsync(Content, request));
        Recorder progress = new();
        await new DataFetch(Options(server.Address)).FetchAsync("set", folder.Path, progress);
        Assert.Empty(server.Requests);
        Assert.Equal(new FetchProgress("a.bin", Content.Length, Content.Length, null), Assert.Single(progress.Seen));
    }

    [Fact]
    public async Task AWrongFileOfTheRightSizeIsReplaced()
    {
        folder.Write("things/a.bin", new byte[Content.Length]);
        await using LoopbackServer server = new((request, reply) => reply.FileAsync(Content, request));
        await FetchAsync(server.Address);
        Assert.Equal(Content, await File.ReadAllBytesAsync(Target));
    }

    [Fact]
    public async Task ACutConnectionIsResumedWhereItEnded()
    {
        const int Cut = 120_000;
        await using LoopbackServer server = new(async (request, reply) =>
        {
            if (request.Number > 0)
            {
                await reply.FileAsync(Content, request);
                return;
            }
            await reply.HeadAsync("200 OK", $"Content-Length: {Content.Length}");
            await reply.BodyAsync(Content.AsMemory(0, Cut));
        });
        await FetchAsync(server.Address);
        Assert.Equal(Content, await File.ReadAllBytesAsync(Target));
        Assert.Equal([null, Cut], server.Requests.Select(request => request.From));
    }

    [Fact]
    public async Task ManyCutsDoNotExhaustTheTriesWhileThereIsHeadway()
    {
        byte[] large = RandomBytes(seed: 8, count: 700_000);
        await using LoopbackServer server = new(async (request, reply) =>
        {
            int from = (int)(request.From ?? 0);
            string range = $"Content-Range: bytes {from}-{large.Length - 1}/{large.Length}";
            await reply.HeadAsync(from == 0 ? "200 OK" : "206 Partial Content", $"Content-Length: {large.Length - from}", range);
            await reply.BodyAsync(large.AsMemory(from, Math.Min(100_000, large.Length - from)));
        });
        await new DataFetch(Options(large, [server.Address]) with { Attempts = 2 }).FetchAsync("set", folder.Path);
        Assert.Equal(large, await File.ReadAllBytesAsync(Target));
        Assert.Equal(7, server.Requests.Length);
    }

    [Fact]
    public async Task CutsWithoutHeadwayEnd()
    {
        await using LoopbackServer server = new((_, reply) => reply.HeadAsync("200 OK", $"Content-Length: {Content.Length}"));
        DataSetException error = await FailAsync(server.Address);
        Assert.Contains("the connection ended at byte 0 of 200000", error.Message, StringComparison.Ordinal);
        Assert.Equal(3, server.Requests.Length);
    }

    [Fact]
    public async Task APartOfAnEarlierRunIsResumed()
    {
        folder.Write("things/a.bin.part", Content[..150_000]);
        await using LoopbackServer server = new((request, reply) => reply.FileAsync(Content, request));
        await FetchAsync(server.Address);
        Assert.Equal(Content, await File.ReadAllBytesAsync(Target));
        Assert.Equal(150_000, Assert.Single(server.Requests).From);
    }

    [Fact]
    public async Task AWholePartIsOnlyChecked()
    {
        folder.Write("things/a.bin.part", Content);
        await using LoopbackServer server = new((request, reply) => reply.FileAsync(Content, request));
        await FetchAsync(server.Address);
        Assert.Empty(server.Requests);
        Assert.Equal(Content, await File.ReadAllBytesAsync(Target));
    }

    [Theory]
    [InlineData(50_000)]
    [InlineData(200_000)]
    [InlineData(300_000)]
    public async Task AWrongPartIsThrownAwayAndFetchedAnew(int length)
    {
        folder.Write("things/a.bin.part", new byte[length]);
        await using LoopbackServer server = new((request, reply) => reply.FileAsync(Content, request));
        await FetchAsync(server.Address);
        Assert.Equal(Content, await File.ReadAllBytesAsync(Target));
        Assert.Null(server.Requests[^1].From);
    }

    [Fact]
    public async Task AServerThatIgnoresRangesIsReadFromTheStart()
    {
        folder.Write("things/a.bin.part", Content[..150_000]);
        await using LoopbackServer server = new((request, reply) => reply.FileAsync(Content, request with { From = null }));
        await FetchAsync(server.Address);
        Assert.Equal(Content, await File.ReadAllBytesAsync(Target));
        Assert.Equal(150_000, Assert.Single(server.Requests).From);
    }

    [Theory]
    [InlineData("206 Partial Content", "Content-Range: bytes 0-199999/200000")]
    [InlineData("206 Partial Content", "Content-Range: bytes 150000-199999/999999")]
    [InlineData("206 Partial Content", "X-Nothing: 0")]
    [InlineData("416 Range Not Satisfiable", "Content-Range: bytes */200000")]
    public async Task AWrongOrRefusedRangeLeadsToAFreshStart(string status, string range)
    {
        folder.Write("things/a.bin.part", Content[..150_000]);
        await using LoopbackServer server = new(async (request, reply) =>
        {
            if (request.From is null)
            {
                await reply.FileAsync(Content, request);
                return;
            }
            await reply.HeadAsync(status, range, "Content-Length: 50000");
            await reply.BodyAsync(new byte[50_000]);
        });
        await FetchAsync(server.Address);
        Assert.Equal(Content, await File.ReadAllBytesAsync(Target));
        Assert.Equal([150_000, null], server.Requests.Select(request => request.From));
    }

    private static byte[] RandomBytes(long seed, int count)
    {
        uint[] bits = new uint[(count + 3) / 4];
        new Rng(seed).Bits(bits);
        return MemoryMarshal.AsBytes(bits.AsSpan())[..count].ToArray();
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static FetchOptions Options(params Uri[] mirrors) => Options(Content, mirrors);

    private static FetchOptions Options(byte[] content, Uri[] mirrors) => new()
    {
        Sources = [new("set", "things", mirrors, [new("a.bin", content.Length, Hash(content))])],
        StallSeconds = 10,
        Attempts = 3,
        BackoffSeconds = 0.005,
        UseProxy = false,
    };

    private Task FetchAsync(params Uri[] mirrors) => new DataFetch(Options(mirrors)).FetchAsync("set", folder.Path);

    private Task<DataSetException> FailAsync(Uri mirror) => Assert.ThrowsAsync<DataSetException>(() => FetchAsync(mirror));

    private sealed class Recorder : IProgress<FetchProgress>
    {
        public List<FetchProgress> Seen { get; } = [];

        public void Report(FetchProgress value) => Seen.Add(value);
    }

    private sealed class CancelAt(CancellationTokenSource cancel, long received) : IProgress<FetchProgress>
    {
        public void Report(FetchProgress value)
        {
            if (value.Received >= received) cancel.Cancel();
        }
    }
}
