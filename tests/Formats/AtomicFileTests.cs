using MiniGrad.Formats;
using Xunit;

namespace MiniGrad.Tests.Formats;

public sealed class AtomicFileTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Text_is_utf8_without_a_mark_and_replaces_the_old_file()
    {
        folder.Put("a", [1, 2, 3, 4, 5, 6]);
        AtomicFile.WriteText(folder["a"], "é\n");
        Assert.Equal([0xC3, 0xA9, 0x0A], File.ReadAllBytes(folder["a"]));
        Assert.Equal(["a"], folder.Names);
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file_and_nothing_else()
    {
        folder.Put("a", [1, 2, 3]);
        var e = Assert.Throws<TimeoutException>(() => AtomicFile.Write(folder["a"], stream =>
        {
            stream.Write(new byte[100_000]);
            throw new TimeoutException("midway");
        }));
        Assert.Equal("midway", e.Message);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(folder["a"]));
        Assert.Equal(["a"], folder.Names);
    }

    [Fact]
    public void Who_reads_meanwhile_sees_the_old_file()
    {
        folder.Put("a", [1]);
        AtomicFile.Write(folder["a"], stream =>
        {
            stream.Write([2, 3]);
            stream.Flush();
            Assert.Equal([1], File.ReadAllBytes(folder["a"]));
        });
        Assert.Equal([2, 3], File.ReadAllBytes(folder["a"]));
    }

    [Fact]
    public void Impossible_targets_are_named()
    {
        Assert.Contains(folder["no"], Assert.Throws<DirectoryNotFoundException>(() => AtomicFile.WriteText(folder["no/a"], "x")).Message);
        Assert.Contains("is a folder", Assert.Throws<IOException>(() => AtomicFile.WriteText(folder["."], "x")).Message);
        Assert.Empty(folder.Names);
    }

    [Fact]
    public void The_hash_is_that_of_the_standard()
    {
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            FileHash.Sha256(folder.Put("abc", "abc"u8.ToArray())));
        Assert.Equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", FileHash.Sha256(folder.Put("empty", [])));
    }
}
