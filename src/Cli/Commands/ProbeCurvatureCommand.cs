using System.CommandLine;
using System.Text.Json.Nodes;
using MiniGrad.Charts;
using MiniGrad.Cli.Options;
using MiniGrad.Data;
using MiniGrad.Formats.Weights;
using MiniGrad.Lab;
using MiniGrad.Lab.Curvature;
using MiniGrad.Lab.Models;
using MiniGrad.Lab.Runs;
using MiniGrad.Nn;
using MiniGrad.Probes;
using MiniGrad.Probes.Curvature;
using MiniGrad.Training;

namespace MiniGrad.Cli.Commands;

/// <summary><c>probe curvature</c>: how the boundaries around images bend, into a run folder.</summary>
internal sealed class ProbeCurvatureCommand : CliCommand
{
    private readonly ModelOptions model = new();
    private readonly ProbeImageOptions images = new();
    private readonly CurvatureOptions curvature = new();
    private readonly Option<string?> at = CliOption.Choice(
        "--at", "Where to measure: at the image (the default), or at the nearest boundary point that DeepFool finds.", "image", "boundary");
    private readonly RunOptions runs = new("curvature");

    public ProbeCurvatureCommand(Session session, GlobalOptions globals, CommandInfo info)
        : base(session, globals, info)
    {
        model.AddTo(this);
        images.AddTo(this);
        curvature.AddTo(this);
        Add(at);
        runs.AddTo(this);
    }

    /// <summary>Second derivatives by differences lose half of the digits.</summary>
    protected override DType UsualPrecision => DType.F64;

    protected override int Execute(ParseResult parse, RunSettings settings)
    {
        long seed = settings.Seed ?? 0;
        BoundaryCurvature probe = curvature.Probe(parse, seed);
        Activation? replacement = curvature.Replacement(parse);
        LoadedModel loaded = model.Load(parse, settings, Session, stored => images.ImageShape(parse, stored), replacement);
        ImageDataSet set = images.Set(parse, loaded, Session);
        ProbeImages input = images.Read(parse, set, settings.Precision);
        Classifier classifier = new(loaded.Network) { Notes = Session.Notes };
        probe.Check(classifier);
        CheckCompetitors(probe.Frames.Competitors, classifier, input);
        bool atBoundary = parse.GetValue(at) == "boundary";
        int sign = curvature.Sign(parse);
        HessianMethod method = probe.Hessian ?? HessianMethod.Usual(classifier);
        JsonObject identity = Identity(probe, probe.AverageOf(classifier), method,
            loaded, input, replacement, atBoundary, sign, settings, seed);
        using OpenRun open = runs.Open(parse, Session, settings, "probe curvature", identity,
            new() { ["indices"] = JsonText.Array(input.Indices) }, seed, input.Count);
        if (open.Folder is not { } folder) return Answer(settings, open);
        if (folder.IsComplete)
        {
            Session.Note($"{folder.Path} is complete already.");
            RunFolder.RemoveParts(folder.Path);
            return Outcome(settings, folder, folder.ReadSummary());
        }
        if (probe.Hessian is null && classifier.IsPiecewiseLinear)
        {
            Session.Note($"{loaded.Architecture} is piecewise linear: using differences of step {DifferenceHessian.UsualStep}. "
                + "The values depend on the step; see the report.");
        }
        if (method.IsBlindTo(classifier))
        {
            Session.Note($"{loaded.Architecture} is piecewise linear: its exact second derivatives are zero almost everywhere. "
                + "Use --method central, or --softplus 10.");
        }
        CurvatureRun run = new(probe, classifier, input, folder, atBoundary, sign, seed) { Range = open.Range };
        Finish(run, chunk: 1, open);
        if (open.Shards is not null) return Answer(settings, open);
        CurvatureSummary totals = new(run.Rows, sign)
        {
            IsOfKinks = probe.NeedsPixels(classifier),
            IsSampled = probe.Full is null && probe.AverageOf(classifier) is not ExactTrace,
        };
        JsonObject summary = totals.ToJson();
        loaded.Describe(summary);
        summary["data"] = input.Description;
        summary["data_sha256"] = input.Hash;
        summary["method"] = method.ToString();
        if (replacement is not null) DescribeReplacement(parse, summary, loaded, set, settings);
        ReproduceSection reproduce = new(folder.Manifest["command_line"]!.GetValue<string>(), seed, settings.DeviceName,
            [("minigrad", Machine.Version), ("runtime", Machine.Runtime), ("processor", Machine.Processor)], [
                ("weights", loaded.Sha256), ("data", input.Hash)]);
        CurvaturePage page = new(loaded, probe, method, classifier, input, totals, atBoundary, summary);
        SweepPoint[] sweep = page.Sweep(seed);
        summary["step_sweep"] = new JsonArray([.. sweep.Select(p => new JsonObject
        {
            ["step"] = p.Step,
            ["sum"] = JsonText.Number(sign * p.Sum),
            ["largest_magnitude"] = JsonText.Number(p.LargestMagnitude),
        })]);
        OutputFile.Guard(folder.Path, () => Safetensors.Write(folder.File("tensors.safetensors"), run.Tensors(),
            new Dictionary<string, string>
            {
                ["orientation"] = sign > 0 ? "G = f_other - f_current" : "F = f_current - f_other",
                ["at"] = atBoundary ? "boundary" : "image",
                ["method"] = method.ToString(),
            }));
        OutputFile.WriteText(folder.File("report.html"), page.Html(sweep, reproduce));
        foreach (string warning in totals.Warnings().Where(w => !w.StartsWith("piecewise linear:", StringComparison.Ordinal)))
        {
            Session.Note(warning);
        }
        DescribeTransfers(settings, summary);
        folder.WriteSummary(summary);
        RunFolder.RemoveParts(folder.Path);
        open.Merging?.RemoveAttempts();
        return Outcome(settings, folder, summary);
    }

    /// <summary>A competitor that is an image's own class would end the run at that image: it is refused before the first one.</summary>
    private static void CheckCompetitors(int[]? competitors, Classifier classifier, ProbeImages input)
    {
        const int Rows = 64;
        for (int first = 0; competitors is not null && first < input.Count; first += Rows)
        {
            Tensor images = input.Images.Take(0, new AxisRange(first, Math.Min(Rows, input.Count - first))).Contiguous();
            int[] own = Logits.Prediction(Arena.Step(() => classifier.Logits(images), logits => [logits]));
            int k = Array.FindIndex(own, competitors.Contains);
            if (k >= 0)
            {
                throw new UsageException($"--competitors: {own[k]} is the class of image {input.Indices[first + k]} itself. "
                    + "Name other classes, or choose other images with --indices.");
            }
        }
    }

    private int Outcome(RunSettings settings, RunFolder folder, JsonObject summary)
    {
        string answer = $"{summary["text"]}\nreport: {folder.File("report.html")}";
        int missing = summary["missing"]!.GetValue<int>();
        return missing == 0
            ? Answer(settings, summary, answer)
            : Answer(settings, summary, answer, ExitCode.ExamplesMissing,
                $"{missing} of {summary["count"]} images have no boundary that DeepFool finds.");
    }

    /// <summary>Another activation is another network: how many images each of the two gets right.</summary>
    private void DescribeReplacement(ParseResult parse, JsonObject summary, LoadedModel smooth, ImageDataSet set, RunSettings settings)
    {
        LoadedModel own = model.Load(parse, settings, Session with { Error = TextWriter.Null }, stored => images.ImageShape(parse, stored));
        int count = Math.Min(1000, set.Count);
        summary["softplus"] = curvature.Replacement(parse)!.Name;
        foreach ((string name, Network network) in ((string, Network)[])[
            ("correct_before", own.Network), ("correct_with_softplus", smooth.Network)])
        {
            summary[name] = Evaluator.Correct(
                Evaluator.Predict(new CastNetwork(network, settings.Precision), set, count, null, Session.Notes, Session.Cancellation),
                set.Labels.AsSpan(0, count));
        }
        summary["correct_of"] = count;
    }

    private static JsonObject Identity(
        BoundaryCurvature probe, AverageMethod average, HessianMethod method, LoadedModel loaded,
        ProbeImages input, Activation? replacement, bool atBoundary, int sign, RunSettings settings, long seed)
    {
        JsonObject identity = new()
        {
            ["probe"] = "curvature",
            ["method"] = method.ToString(),
            ["average"] = probe.Full is null ? average.ToString() : null,
            ["full"] = probe.Full is not null,
            ["extremes"] = probe.Extremes?.ToString(),
            ["competitors"] = probe.Frames.Competitors is { } chosen ? JsonText.Array(chosen) : null,
            ["activation"] = replacement?.Name,
            ["at"] = atBoundary ? "boundary" : "image",
            ["sign"] = sign,
        };
        loaded.Identify(identity);
        identity["data_sha256"] = input.Hash;
        settings.Identify(identity, seed);
        return identity;
    }
}
