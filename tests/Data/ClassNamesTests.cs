using System.Text;
using MiniGrad.Data;
using Xunit;

namespace MiniGrad.Tests.Data;

public sealed class ClassNamesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void NamesAndIdsAreReadInAnyOrder()
    {
        ClassNames names = Load("""{"1": ["n02", "crane"], "0": ["n01", "tench"], "2": ["n03", "crane"]}""");
        Assert.Equal(3, names.Count);
        Assert.Equal(["tench", "crane", "crane"], names.Names);
        Assert.Equal(["n01", "n02", "n03"], names.Ids);
        Assert.Equal((2, -1), (names.IndexOf("n03"), names.IndexOf("n04")));
    }

    [DataFact("images")]
    public void ImageNetHasAThousandClasses()
    {
        ClassNames names = ClassNames.Load(
            Path.Combine(Environment.GetEnvironmentVariable("MINIGRAD_DATA")!, "images", ClassNames.FileName));
        Assert.Equal(1000, names.Count);
        Assert.Equal(("tench", 0), (names.Names[0], names.IndexOf("n01440764")));
        Assert.Equal("toilet_tissue", names.Names[999]);
    }

    [Theory]
    [InlineData("", 0, "empty")]
    [InlineData("<html>", 0, "HTML")]
    [InlineData("[]", 0, "the file must be StartObject, found StartArray")]
    [InlineData("{}", 0, "no class")]
    [InlineData("""{"0": ["a", "b"]""", 16, "not valid JSON")]
    [InlineData("""{"0": ["a", "b"]} x""", 18, "not valid JSON")]
    [InlineData("""{"x": ["a", "b"]}""", 1, "key \"x\" is no class number")]
    [InlineData("""{"00": ["a", "b"]}""", 1, "key \"00\" is no class number")]
    [InlineData("""{"-1": ["a", "b"]}""", 1, "key \"-1\" is no class number")]
    [InlineData("""{"99999999999": ["a", "b"]}""", 1, "is no class number")]
    [InlineData("""{"0": "a"}""", 6, "class 0 must be StartArray, found String")]
    [InlineData("""{"0": ["a"]}""", 10, "id or name of class 0 must be String, found EndArray")]
    [InlineData("""{"0": ["a", 1]}""", 12, "must be String, found Number")]
    [InlineData("""{"0": ["a", ""]}""", 12, "is empty")]
    [InlineData("""{"0": ["a", "b", "c"]}""", 17, "class 0 must be EndArray, found String")]
    [InlineData("""{"0": ["a", "b"], "0": ["c", "d"]}""", 18, "class 0 occurs twice")]
    [InlineData("""{"0": ["a", "b"], "1": ["a", "d"]}""", 18, "id \"a\" occurs twice")]
    [InlineData("""{"0": ["a", "b"], "2": ["c", "d"]}""", 0, "not numbered 0 to 1: the last is 2")]
    [InlineData("""{"0": ["a", {"b": []}]}""", 12, "JSON")]
    public void WhatIsNoIndexIsRefused(string text, long offset, string words)
    {
        ClassNamesException error = Assert.Throws<ClassNamesException>(() => Load(text));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.True(offset == error.Offset, $"at {error.Offset}, expected {offset}: {error.Message}");
    }

    [Fact]
    public void BadTextIsRefused()
    {
        byte[] bytes = [.. "{\"0\": [\"a\", \""u8, 0xC3, 0x28, .. "\"]}"u8];
        File.WriteAllBytes(Path.Combine(folder.Path, "bad.json"), bytes);
        Assert.Throws<ClassNamesException>(() => ClassNames.Load(Path.Combine(folder.Path, "bad.json")));
        Assert.Throws<ClassNamesException>(() => Load("""{"0": ["a", "\ud800"]}"""));
    }

    private ClassNames Load(string text)
    {
        string path = Path.Combine(folder.Path, "index.json");
        File.WriteAllBytes(path, Encoding.UTF8.GetBytes(text));
        return ClassNames.Load(path);
    }
}
