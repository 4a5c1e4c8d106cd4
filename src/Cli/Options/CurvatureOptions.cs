using System.CommandLine;
using MiniGrad.Lab;
using MiniGrad.Nn;
using MiniGrad.Probes.Curvature;

namespace MiniGrad.Cli.Options;

/// <summary>The options that say how curvature is measured, and the probe they make.</summary>
internal sealed class CurvatureOptions
{
    private readonly Option<string?> method = CliOption.Choice("--method", "Second derivatives: of the graph, by gradient differences on "
        + "both sides or ahead, or smoothed by a Gaussian. By default exact for smooth networks, central for piecewise linear ones.",
        "exact", "central", "forward", "smoothed");
    private readonly Option<double?> step = CliOption.Real("--step",
        "The distance of the differences, or the deviation of the Gaussian, in pixels of 0 to 1; 0.1 by default.", 0, above: true);
    private readonly Option<string?> average = CliOption.Choice("--average", "How averages are found: hutchinson, trace (all pixels), "
        + "hutch++ or tangents. By default hutchinson, and trace for differences on piecewise linear networks.",
        "hutchinson", "trace", "hutch++", "tangents");
    private readonly Option<int?> samples = CliOption.Whole(
        "--samples", "Samples of the average; 100 of hutchinson, 99 of hutch++, 256 tangents by default.", 2, 1_000_000);
    private readonly Option<bool> full = CliOption.Flag(
        "--full", "All principal curvatures, by the full matrix; the averages are then theirs.");
    private readonly Option<double?> memory = CliOption.Real(
        "--memory-gb", "The memory that the full matrices may take; 4 by default.", 0, above: true);
    private readonly Option<int?> lanczos = CliOption.Whole(
        "--lanczos", "The k largest and k smallest principal curvatures, for images of any size.", 1, 10_000);
    private readonly Option<int?> lanczosSteps = CliOption.Whole(
        "--lanczos-steps", "Hessian-vector products of Lanczos; max(40, 4 k) by default.", 1, 100_000);
    private readonly Option<int[]?> competitors = CliOption.Wholes(
        "--competitors", "The classes to compare with the predicted one; all by default.");
    private readonly Option<double?> softplus = CliOption.Real("--softplus", "Put softplus with this β (10 is usual) in place of the "
        + "network's activation, so that it can be differentiated twice.",
        0, above: true);
    private readonly Option<string?> orientation = CliOption.Choice(
        "--orientation", "The sign of all results: of logit_other − logit_current by default, so that positive bends around the image.",
        "other-minus-current", "current-minus-other");
    private readonly Option<bool> probabilities = CliOption.Flag(
        "--allow-probabilities", "Take outputs that look like those of a softmax for logits.");

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[
            method, step, average, samples, full, memory, lanczos, lanczosSteps, competitors, softplus, orientation, probabilities])
        {
            command.Add(option);
        }
    }

    /// <summary>The nonlinearity to put in place of the network's own, if any.</summary>
    public Activation? Replacement(ParseResult parse) => parse.GetValue(softplus) is { } beta ? Activation.Softplus(beta) : null;

    /// <summary>−1 where results are wanted for the opposite function.</summary>
    public int Sign(ParseResult parse) => parse.GetValue(orientation) == "current-minus-other" ? -1 : 1;

    public BoundaryCurvature Probe(ParseResult parse, long seed)
    {
        if (parse.GetValue(step) is not null && parse.GetValue(method) is null or "exact")
        {
            throw new UsageException("--step: it belongs to differences. Add --method central, forward or smoothed.");
        }
        if (parse.GetValue(memory) is not null && !parse.GetValue(full))
        {
            throw new UsageException("--memory-gb: only --full has matrices. Add it, or leave --memory-gb out.");
        }
        if (parse.GetValue(lanczosSteps) is not null && parse.GetValue(lanczos) is null)
        {
            throw new UsageException("--lanczos-steps: Lanczos is not asked for. Add --lanczos k.");
        }
        if (parse.GetValue(full) && (parse.GetValue(average) ?? (object?)parse.GetValue(samples)) is not null)
        {
            throw new UsageException("--full: its averages are those of the spectrum. Leave out --average and --samples.");
        }
        if (parse.GetValue(average) == "trace" && parse.GetValue(samples) is not null)
        {
            throw new UsageException("--samples: --average trace samples nothing. Leave one of them out.");
        }
        return new()
        {
            Hessian = Hessian(parse, seed),
            Average = Average(parse),
            Full = parse.GetValue(full) ? new(MemoryLimit: (long)((parse.GetValue(memory) ?? 4) * 1e9)) : null,
            Extremes = parse.GetValue(lanczos) is { } k ? new(k, parse.GetValue(lanczosSteps)) : null,
            Frames = new(parse.List(competitors), AllowProbabilities: parse.GetValue(probabilities)),
        };
    }

    private HessianMethod? Hessian(ParseResult parse, long seed) => parse.GetValue(method) switch
    {
        "exact" => HessianMethod.Exact,
        "central" => HessianMethod.Central(parse.GetValue(step) ?? DifferenceHessian.UsualStep),
        "forward" => HessianMethod.Forward(parse.GetValue(step) ?? DifferenceHessian.UsualStep),
        "smoothed" => new SmoothedHessian(parse.GetValue(step) ?? DifferenceHessian.UsualStep, Seed: seed),
        _ => null,
    };

    private AverageMethod? Average(ParseResult parse)
    {
        int? count = parse.GetValue(samples);
        return parse.GetValue(average) switch
        {
            "trace" => new ExactTrace(),
            "hutch++" => count is { } n ? new HutchPlusPlus(n) : new HutchPlusPlus(),
            "tangents" => count is { } n ? new RandomTangents(n) : new RandomTangents(),
            null when count is null => null,
            _ => count is { } n ? new Hutchinson(n) : new Hutchinson(),
        };
    }
}
