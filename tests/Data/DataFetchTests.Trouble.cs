using System.Net;
using System.Net.Sockets;
using MiniGrad.Data;
using Xunit;

namespace MiniGrad.Tests.Data;

// Servers that stall, lie or are not there.
public sealed partial class DataFetchTests
{
    [Fact]
    public async Task AStallIsTriedAgainAndThenLeftForTheNextMirror()
    {
        await using LoopbackServer stalling = new(async (request, reply) =>
        {
            if (request.Number > 0) await reply.StallAsync();
            await reply.HeadAsync("200 OK", $"Content-Length: {Content.Length}");
            await reply.BodyAsync(Content.AsMemory(0, 1000));
            await reply.StallAsync();
        });
        await using LoopbackServer good = new((request, reply) => reply.FileAsync(Content, request));
        FetchOptions options = Options(stalling.Address, good.Address) with { StallSeconds = 2, Attempts = 2 };
        await new DataFetch(options).FetchAsync("set", folder.Path);
        Assert.Equal(Content, await File.ReadAllBytesAsync(Target));
        Assert.Equal([null, 1000], stalling.Requests.Select(request => request.From));
        Assert.Equal(1000, good.Requests[0].From);
    }

    [Theory]
    [InlineData("200 OK", "Content-Type: text/html; charset=utf-8", "HTML page")]
    [InlineData("200 OK", "Content-Length: 199999", "announces 199999 bytes instead of 200000")]
    [InlineData("200 OK", "Content-Length: 9000000000", "announces 9000000000 bytes instead of 200000")]
    [InlineData("206 Partial Content", "Content-Range: bytes 5-9/200000", "another range")]
    [InlineData("404 Not Found", "Content-Length: 0", "answers 404 Not Found")]
    [InlineData("500 Broken", "Content-Length: 0", "answers 500 Broken")]
    [InlineData("302 Found", "Location: /a.bin", "redirects without end (302)")]
    public async Task ABadAnswerIsNamedAndTheNextMirrorServes(string status, string header, string problem)
    {
        await using LoopbackServer bad = new((_, reply) => reply.HeadAsync(status, header));
        await using LoopbackServer good = new((request, reply) => reply.FileAsync(Content, request));
        DataSetException error = await FailAsync(bad.Address);
        Assert.Contains($"{bad.Address}a.bin: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Contains($"by hand at {Target}", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.False(File.Exists(Target));
        Assert.InRange(bad.Requests.Length, 1, 6);
        await FetchAsync(bad.Address, good.Address);
        Assert.Equal(Content, await File.ReadAllBytesAsync(Target));
    }

    [Fact]
    public async Task WrongBytesAreDeletedAndNamed()
    {
        byte[] wrong = RandomBytes(seed: 9, Content.Length);
        await using LoopbackServer server = new((request, reply) => reply.FileAsync(wrong, request));
        DataSetException error = await FailAsync(server.Address);
        Assert.Contains($"wrong content: SHA-256 {Hash(wrong)}, expected {Hash(Content)}", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Target));
        Assert.Equal(0, new FileInfo(Target + ".part").Length);
    }

    [Fact]
    public async Task NoMoreThanTheKnownSizeIsRead()
    {
        await using LoopbackServer server = new(async (_, reply) =>
        {
            await reply.HeadAsync("200 OK", "Content-Type: application/octet-stream");
            await reply.BodyAsync(Content);
            for (; ; ) await reply.BodyAsync(Content);
        });
        await FetchAsync(server.Address);
        Assert.Equal(Content, await File.ReadAllBytesAsync(Target));
    }

    [Fact]
    public async Task WithoutANetworkOneLineSaysWhatToDo()
    {
        using TcpListener closed = new(IPAddress.Loopback, 0);
        closed.Start();
        Uri address = new($"http://127.0.0.1:{((IPEndPoint)closed.LocalEndpoint).Port}/");
        closed.Stop();
        DataSetException error = await FailAsync(address);
        Assert.Contains("set: could not fetch a.bin: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("no connection", error.Message, StringComparison.Ordinal);
        Assert.Contains($"({Content.Length} bytes, SHA-256 {Hash(Content)}) by hand at {Target}", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public async Task CancellingStopsAndKeepsThePart()
    {
        using CancellationTokenSource cancel = new();
        await using LoopbackServer server = new(async (_, reply) =>
        {
            await reply.HeadAsync("200 OK", $"Content-Length: {Content.Length}");
            await reply.BodyAsync(Content.AsMemory(0, 1000));
            await reply.StallAsync();
        });
        CancelAt progress = new(cancel, 1000);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => new DataFetch(Options(server.Address)).FetchAsync("set", folder.Path, progress, cancel.Token));
        Assert.Equal(Content[..1000], await File.ReadAllBytesAsync(Target + ".part"));
    }

    [Fact]
    public async Task AFolderThatCannotBeMadeIsNamed()
    {
        folder.Write("things", [1]);
        DataSetException error = await FailAsync(new Uri("http://127.0.0.1:1/"));
        Assert.Contains($"set: cannot write into {Path.Combine(folder.Path, "things")}: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnUnknownSetOffersTheNearest()
    {
        DataSetException error = await Assert.ThrowsAsync<DataSetException>(() => new DataFetch().FetchAsync("mnits", folder.Path));
        Assert.Contains("Did you mean \"mnist\"?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void KnownSourcesAreWellFormed()
    {
        Assert.Equal(["mnist", "fashion", "cifar-10"], FetchSource.Known.Select(source => source.Name));
        foreach (FetchSource source in FetchSource.Known)
        {
            Assert.NotEmpty(source.Mirrors);
            Assert.All(source.Mirrors, mirror => Assert.EndsWith("/", mirror.AbsoluteUri, StringComparison.Ordinal));
            Assert.NotEmpty(source.Files);
            Assert.All(source.Files, file => Assert.Matches("^[0-9a-f]{64}$", file.Sha256));
        }
        string[] hashes = [.. FetchSource.Known.SelectMany(source => source.Files).Select(file => file.Sha256)];
        Assert.Equal(9, hashes.Distinct().Count());
    }

    [DataFact("mnist", "fashion-mnist")]
    public async Task KnownSourcesAcceptTheRealFiles()
    {
        Recorder progress = new();
        foreach (FetchSource source in FetchSource.Known.Where(source => source.Name is "mnist" or "fashion"))
        {
            foreach (DataFile file in source.Files)
            {
                string real = Path.Combine(DataSets.Folder(null), source.Folder, file.Name);
                string link = Path.Combine(folder.Path, source.Folder, file.Name);
                Directory.CreateDirectory(Path.GetDirectoryName(link)!);
                File.CreateSymbolicLink(link, real);
            }
            await new DataFetch(new() { Sources = [source with { Mirrors = [] }] }).FetchAsync(source.Name, folder.Path, progress);
        }
        Assert.Equal(8, progress.Seen.Count);
    }
}
