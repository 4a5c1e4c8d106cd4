using Xunit;

namespace MiniGrad.Tests;

public class SuggestionTests
{
    private static readonly string[] Known = ["mnist", "fashion", "digits"];

    [Theory]
    [InlineData("mnist", "mnist")]
    [InlineData("MNIST", "mnist")]
    [InlineData("mnsit", "mnist")]
    [InlineData("fashon", "fashion")]
    [InlineData("digit", "digits")]
    [InlineData("diigitss", "digits")]
    [InlineData("cifar10", null)]
    [InlineData("", null)]
    public void OffersTheNearest(string given, string? expected) => Assert.Equal(expected, Suggestion.Nearest(given, Known));

    [Fact]
    public void ASwapCountsOnce()
    {
        // "ab" is one swap from "ba"; from "cb" it is one replacement. The first of equals wins.
        Assert.Equal("ba", Suggestion.Nearest("ab", ["cd", "ba", "cb"]));
        Assert.Equal("bade", Suggestion.Nearest("abed", ["badefg", "bade"]));
        Assert.Null(Suggestion.Nearest("abcd", ["badcefg"]));
    }

    [Theory]
    [InlineData(3, true)]
    [InlineData(4, false)]
    public void LongNamesMayDifferByAThird(int edits, bool isFound)
    {
        string known = "abcdefghi";
        string given = new string('z', edits) + known[edits..];
        Assert.Equal(isFound ? known : null, Suggestion.Nearest(given, [known]));
    }
}
