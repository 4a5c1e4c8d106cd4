using MiniGrad.Training;
using MiniGrad.Training.Optimizers;
using Xunit;

namespace MiniGrad.Tests.Training;

/// <summary>Learning rates at moments that can be computed by hand.</summary>
public sealed class ScheduleTests
{
    [Fact]
    public void ConstantNeverChanges() => Assert.Equal(0.1, new ConstantSchedule(0.1).At(17.5));

    [Theory]
    [InlineData(0, 0.1)]
    [InlineData(4.99, 0.1)]
    [InlineData(5, 0.01)]
    [InlineData(8, 0.001)]
    [InlineData(100, 0.001)]
    public void StepsFallAtTheirMilestones(double epoch, double rate) =>
        Assert.Equal(rate, new StepSchedule(0.1, 0.1, 5, 8).At(epoch), 1e-15);

    [Theory]
    [InlineData(0, 0.2)]
    [InlineData(5, 0.1)]
    [InlineData(10, 0)]
    [InlineData(12, 0)]
    public void CosineFallsFromTheRateToZero(double epoch, double rate) =>
        Assert.Equal(rate, new CosineSchedule(0.2, 10).At(epoch), 1e-15);

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(2, 0.05)]
    [InlineData(4, 0.1)]
    [InlineData(7, 0.05)]
    [InlineData(10, 0)]
    [InlineData(11, 0)]
    public void PiecesAreJoinedByLines(double epoch, double rate) =>
        Assert.Equal(rate, new PiecewiseLinearSchedule((0, 0), (4, 0.1), (10, 0)).At(epoch), 1e-15);

    [Theory]
    [InlineData("constant", 0.3, 0.3)]
    [InlineData("cosine", 0.15, 0)]
    [InlineData("step", 0.03, 0.003)]
    [InlineData("ramp", 0.25, 0)]
    public void RecipesNameThem(string name, double half, double end)
    {
        Schedule schedule = new Recipe("r", "mlp", "digits", Epochs: 20, BatchSize: 8, LearningRate: 0.3, Schedule: name).MakeSchedule();
        Assert.Equal(half, schedule.At(10), 1e-12);
        Assert.Equal(end, schedule.At(20), 1e-12);
    }
}
