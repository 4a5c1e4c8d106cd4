using MiniGrad.Probes;
using MiniGrad.Probes.Directions;

namespace MiniGrad.Lab.Reproductions;

/// <summary>How far boundaries are along random lines, beside the worst direction.</summary>
/// <param name="Gaussian">Along directions that are uniform on the sphere, in L2.</param>
/// <param name="Sign">Along random signs, in L∞.</param>
internal sealed record RandomDistances(RandomLines.Row[] Gaussian, RandomLines.Row[] Sign)
{
    /// <summary>The summary of a kind.</summary>
    public LineSummary Of(LineKind kind) => LineSummary.Of(kind == LineKind.Gaussian ? Gaussian : Sign);

    public static RandomDistances Of(
        RobustSetting setting, RobustSubject subject, RobustPreset preset, Action<int, int> shown, RunContext run)
    {
        RandomLines.Row[] Rows(LineKind kind, int done)
        {
            shown(done, 2);
            return [.. new RandomLines(kind, preset.Directions).MeasureAll(
                subject.Precise, setting.Images(preset.Lines), setting.Data.Labels[..preset.Lines], run)];
        }
        return new(Rows(LineKind.Gaussian, 0), Rows(LineKind.Sign, 1));
    }
}

/// <summary>How far boundaries are within random subspaces of several dimensions.</summary>
internal sealed record SubspaceDistances(SubspaceAt[] Sizes)
{
    public static SubspaceDistances Of(
        RobustSetting setting, RobustSubject subject, RobustPreset preset, Action<int, int> shown, RunContext run) =>
        new([.. RobustSetting.Divisors.Select((divisor, k) =>
        {
            shown(k, RobustSetting.Divisors.Length);
            int dimension = Math.Max(1, setting.Size / divisor);
            return new SubspaceAt(divisor, dimension, [.. new SubspaceRobustness(dimension).MeasureAll(
                subject.Precise, setting.Images(preset.Betas), setting.Data.Labels[..preset.Betas], run)]);
        })]);

    /// <summary>β of each dimension.</summary>
    public IReadOnlyList<(SubspaceAt At, SubspaceSummary Beta)> Summaries(long seed) =>
        [.. Sizes.Select(at => (at, SubspaceSummary.Of(at.Rows, new Rng(seed).At("beta").At(at.Divisor))))];
}

/// <summary>The rows of one dimension.</summary>
/// <param name="Divisor">The number of pixels over m.</param>
/// <param name="Dimension">m.</param>
/// <param name="Rows">A row for each image.</param>
internal sealed record SubspaceAt(int Divisor, int Dimension, SubspaceRobustness.Row[] Rows);
