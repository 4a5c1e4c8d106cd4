using System.CommandLine;
using System.Text.Json.Nodes;
using MiniGrad.Charts;
using MiniGrad.Cli.Options;
using MiniGrad.Lab;
using MiniGrad.Lab.Curvature;
using MiniGrad.Lab.Topology;
using MiniGrad.Probes;
using MiniGrad.Probes.Topology;

namespace MiniGrad.Cli.Commands;

/// <summary><c>probe class-paths</c>: paths between points of one class's region, into a run folder.</summary>
internal sealed class ProbeClassPathsCommand : RegionProbeCommand
{
    private const int UsualPairs = 100;

    private readonly Option<int?> pairCount = CliOption.Whole(
        "--pairs", $"Pairs of each kind; {UsualPairs} by default.", 1, 1_000_000);
    private readonly Option<string[]?> chosenKinds = CliOption.Texts(
        "--kind", "What the other end is: natural, other-class or noise, moved into the region. May be repeated; all by default.", "kind");
    private readonly Option<int?> samples = CliOption.Whole(
        "--samples", "Samples inside each piece of a path; ten times as many at the end. 50 by default.", 1, 100_000);
    private readonly Option<int?> depth = CliOption.Whole(
        "--depth", "How often a straight line may be split; 12 by default.", 1, 40);
    private readonly Option<double[]?> pushList = CliOption.Reals("--pushes",
        "Pushes inward that are tried in turn, as shares of the way into the region; 0.02,0.1,0.5 by default.", positive: true);
    private readonly Option<bool> clip = CliOption.Flag("--clip", "Clip what is moved into a region into the pixel box.");

    private ClassPaths settings = new();
    private PairKind[] kinds = [];
    private int pairs;
    private RegionPairs[] chosen = [];

    public ProbeClassPathsCommand(Session session, GlobalOptions globals, CommandInfo info)
        : base(session, globals, info)
    {
        foreach (Option option in (Option[])[pairCount, chosenKinds, samples, depth, pushList, clip]) Add(option);
    }

    protected override JsonObject Configure(ParseResult parse)
    {
        settings = new(parse.GetValue(samples) ?? settings.Samples, parse.GetValue(depth) ?? settings.Depth, parse.GetValue(clip));
        if (parse.List(pushList) is { } pushes) settings = settings with { Pushes = pushes };
        settings.Check();
        kinds = parse.List(chosenKinds) is { } words
            ? [.. words.Select(Kind).Distinct().Order()]
            : [.. ClassPathRow.Kinds.Select(kind => kind.Kind)];
        pairs = parse.GetValue(pairCount) ?? UsualPairs;
        return new()
        {
            ["configuration"] = settings.ToString(),
            ["pairs"] = pairs,
            ["pair_kinds"] = JsonText.Array(kinds.Select(ClassPathRow.Word)),
        };
    }

    protected override int Prepare(Classifier classifier, ProbeImages input, long seed)
    {
        int[] predicted = RegionPairs.Predicted(classifier, input.Images, new() { ChunkSize = 256, Cancellation = Session.Cancellation });
        chosen = [.. kinds.Select(kind => RegionPairs.Choose(predicted, classifier.ClassCount, kind, pairs, new Rng(seed)))];
        return chosen.Sum(one => one.Pairs.Count);
    }

    protected override (JsonObject Found, Func<ReproduceSection, string> Html)? Measure(
        Classifier classifier, ProbeImages input, OpenRun open, long seed)
    {
        ClassPathRun run =
            new(settings, classifier, input, [.. chosen.SelectMany(one => one.Pairs)], open.Folder!, seed) { Range = open.Range };
        Finish(run, ClassPathRun.Together, open);
        if (open.Shards is not null) return null;
        ClassPathPage page = new(settings, input, [.. kinds.Select((kind, k) => (kind, run.Summary(kind), chosen[k].Skipped))]);
        JsonObject found = new()
        {
            ["count"] = run.Count,
            ["kinds"] = new JsonArray([.. page.Kinds.Select(kind => Json(kind.Kind, kind.Summary, kind.Skipped))]),
            ["warnings"] = JsonText.Array(page.Warnings()),
            ["text"] = page.Text(),
        };
        IReportPart[] figures = [.. kinds.SelectMany(kind => Figures(run, kind, classifier, input))];
        return (found, reproduce => page.Html(figures, reproduce));
    }

    /// <summary>The path of a kind with the most anchors, the first of equals.</summary>
    private IEnumerable<IReportPart> Figures(ClassPathRun run, PairKind kind, Classifier classifier, ProbeImages input)
    {
        string word = ClassPathRow.Word(kind);
        return run.Rows.Where(row => row.Kind == word && row.Numbers().Status == PathStatus.Found).MaxBy(row => row.Anchors) is { } row
            ? ClassPathFigures.Of(classifier, input.Images.Type, run.Path(row.Index, Session.Cancellation),
                $"Pair {row.Index}, {word}, class {input.ClassName(row.Class)}", input.ClassName(row.Class))
            : [];
    }

    private static JsonObject Json(PairKind kind, ClassPathSummary summary, IReadOnlyList<int> skipped)
    {
        JsonObject json = new() { ["kind"] = ClassPathRow.Word(kind) };
        json.Add(JsonText.Of(summary));
        json["skipped"] = JsonText.Array(skipped);
        return json;
    }

    private static PairKind Kind(string word)
    {
        int at = Array.FindIndex(ClassPathRow.Kinds, kind => kind.Word == word);
        return at >= 0
            ? ClassPathRow.Kinds[at].Kind
            : throw new UsageException(Suggestion.Unknown("--kind", word, [.. ClassPathRow.Kinds.Select(kind => kind.Word)]));
    }
}
