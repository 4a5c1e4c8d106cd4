using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Directions;
using MiniGrad.Probes.Universal;

namespace MiniGrad.Lab.Reproductions;

/// <summary>Universal perturbations of a network, made from the last images of the set and measured on the first ones.</summary>
/// <param name="Balls">One for each radius.</param>
/// <param name="Smallest">The smallest that fools nine tenths.</param>
/// <param name="MeanLinf">The mean ‖x‖∞ of the images that they are measured on.</param>
internal sealed record Universals(UniversalAt[] Balls, SmallestRadii? Smallest, double MeanLinf)
{
    public static Universals Of(
        RobustSetting setting, RobustSubject subject, RobustPreset preset, Action<int, int> shown, RunContext run)
    {
        (Examples crafting, Examples heldOut) = Sets(setting, preset);
        int parts = setting.Radii.Length + 1;
        UniversalAt[] balls = [.. setting.Radii.Select((radius, k) =>
        {
            shown(k, parts);
            UniversalResult made = new UniversalPerturbation(Threat.Linf(radius), Passes: preset.Passes).Craft(
                subject.Precise, crafting.Images, crafting.Labels, heldOut.Images, heldOut.Labels, run);
            run.Cancellation.ThrowIfCancellationRequested();
            return new UniversalAt(radius, made.Perturbation.Cast(DType.F32).ToArray<float>(), made.Reached, made.BestPass,
                made.Crafting, made.HeldOut);
        })];
        shown(parts - 1, parts);
        SmallestRadii? smallest = !subject.IsWhole ? null : SmallestRadii.Of(new SmallestUniversal(
            Halvings: preset.Halvings, Passes: preset.Passes, SingularImages: Math.Min(64, crafting.Count), Start: setting.Radii[^1])
            .Of(subject.Precise, crafting, heldOut, run));
        return new(balls, smallest, Rows.Linf(heldOut.Images).ToArray().Average());
    }

    /// <summary>The images that perturbations are made from, and those that they are measured on.</summary>
    public static (Examples Crafting, Examples HeldOut) Sets(RobustSetting setting, RobustPreset preset)
    {
        int first = setting.Data.Count - preset.Crafting;
        return (new(setting.Data.Images(first, preset.Crafting).Cast(DType.F64), setting.Data.Labels[first..]),
            new(setting.Images(preset.HeldOut), setting.Data.Labels[..preset.HeldOut]));
    }
}

/// <summary>A universal perturbation within one radius.</summary>
/// <param name="Radius">In L∞.</param>
/// <param name="Perturbation">Its pixels.</param>
/// <param name="Reached">Whether it fools four fifths of the images that it is measured on.</param>
/// <param name="Pass">The pass that it is the end of.</param>
/// <param name="Crafting">What it does to the images that it was made from.</param>
/// <param name="HeldOut">What it does to others.</param>
internal sealed record UniversalAt(
    double Radius, float[] Perturbation, bool Reached, int Pass, FoolingRate Crafting, FoolingRate HeldOut);

/// <summary>The smallest radii in L∞ that fool nine tenths of the images; infinite where none that was tried does.</summary>
/// <param name="Crafted">Of perturbations made by the iterative search.</param>
/// <param name="Singular">Along the singular direction.</param>
/// <param name="Random">Along random signs.</param>
internal sealed record SmallestRadii(double Crafted, double Singular, double[] Random)
{
    public static SmallestRadii Of(UniversalRatio ratio) =>
        new(ratio.Crafted.Radius, ratio.Singular?.Radius ?? double.NaN, [.. ratio.Random.Select(found => found.Radius)]);

    // A file knows no infinity and has NaN in its place.
    private static double Known(double radius) => double.IsNaN(radius) ? double.PositiveInfinity : radius;

    /// <summary>The crafted radius.</summary>
    public double CraftedRadius => Known(Crafted);

    /// <summary>The radius along the singular direction.</summary>
    public double SingularRadius => Known(Singular);

    /// <summary>The median and quartiles of the random ones.</summary>
    public MedianSpread RandomRadii => MedianSpread.Of(Random.Select(Known));

    /// <summary>The median of the random radii over the crafted one; NaN where no crafted one suffices.</summary>
    public double Ratio => double.IsInfinity(CraftedRadius) ? double.NaN : RandomRadii.Median / CraftedRadius;
}

/// <summary>What perturbations within the largest radius, made on one network, do to all.</summary>
/// <param name="Radius">In L∞.</param>
/// <param name="Networks">Names of weights.</param>
/// <param name="Cells">A row for each network that they are made on, a column for each that they are measured on.</param>
internal sealed record Transfers(double Radius, string[] Networks, FoolingRate[][] Cells)
{
    public static Transfers Of(RobustSetting setting, RobustPreset preset, IReadOnlyList<RobustOutcome> networks, RunContext run)
    {
        (_, Examples heldOut) = Universals.Sets(setting, preset);
        FoolingMeter[] meters = [.. networks.Select(n => new FoolingMeter(n.Subject.Precise, heldOut, run))];
        return new(networks[0].Universal.Balls[^1].Radius, [.. networks.Select(n => n.Subject.Weights)],
            [.. networks.Select(from => meters.Select(meter => meter.Of(
                Array.ConvertAll(from.Universal.Balls[^1].Perturbation, v => (double)v), 1)).ToArray())]);
    }
}
