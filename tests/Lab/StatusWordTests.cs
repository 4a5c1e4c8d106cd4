using MiniGrad.Lab;
using MiniGrad.Lab.Attacks;
using MiniGrad.Probes.Attacks;
using Xunit;

namespace MiniGrad.Tests.Lab;

/// <summary>The words in files by which others read how examples ended.</summary>
public sealed class StatusWordTests
{
    [Fact]
    public void NeverChange() => Assert.Equal(
        [
            "completed", "already_met", "source_misclassified", "same_class", "target_equals_source", "reached", "blocked",
            "confidence_stop", "stalled", "no_progress", "init_failed", "flat", "non_finite", "interrupted",
        ],
        Enum.GetValues<ExampleStatus>().Select(StatusWord.Of));

    [Fact]
    public void AreThoseOfLines()
    {
        foreach (ExampleStatus status in Enum.GetValues<ExampleStatus>())
        {
            ExampleRow row = new(0, 0, null, status, false, 0, null, 0, 0, 0, 0, 0, 0, double.NaN, 0, 0, 0);
            Assert.Equal(StatusWord.Of(status), JsonText.Of(row)["status"]!.GetValue<string>());
            Assert.Equal(row, JsonText.Read<ExampleRow>(JsonText.Of(row)));
        }
    }
}
