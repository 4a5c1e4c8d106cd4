using MiniGrad.Probes.Attacks;
using Xunit;

namespace MiniGrad.Tests.Probes;

/// <summary>Noise as large as a ball allows.</summary>
public class NoiseTests
{
    private static readonly Shape Shape = [1, 6, 6];

    public static TheoryData<string> Balls => ["L2", "Linf", "L1"];

    [Theory]
    [MemberData(nameof(Balls))]
    public void EachDrawFillsItsBall(string norm)
    {
        Threat ball = norm == "L2" ? Threat.L2(0.5) : norm == "Linf" ? Threat.Linf(0.1) : Threat.L1(2);
        // Far enough from the sides of the box that nothing is clipped.
        Tensor images = ClosedForm.Images(5, Shape, 3, DType.F64, 0.45, 0.55);
        int[] labels = new int[5];
        foreach (BallAttack attack in (BallAttack[])[new SignNoise(ball, 1), new GaussianNoise(ball, 1)])
        {
            AttackResult result = attack.Run(ClosedForm.Constant([1, 0], Shape), images, Goal.Untargeted(labels), labels);
            Assert.All(ball.Distance(images, result.Output), distance => Assert.Equal(ball.Radius, distance, 1e-9));
            double[] step = ClosedForm.Minus(ClosedForm.Doubles(result.Output), ClosedForm.Doubles(images));
            int up = step.Count(v => v > 0);
            Assert.InRange(up, 60, 120);
            double[] sizes = [.. step.Select(Math.Abs)];
            // Corners are all of one size; of 180 normal numbers some are near zero.
            if (attack is SignNoise) Assert.Equal(sizes.Min(), sizes.Max(), 1e-9);
            else Assert.True(sizes.Min() < sizes.Max() / 20);
        }
    }
}
