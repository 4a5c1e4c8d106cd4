using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Cli.Options;
using MiniGrad.Data;
using MiniGrad.Lab;
using MiniGrad.Lab.Models;
using MiniGrad.Nn;
using MiniGrad.Training;

namespace MiniGrad.Cli.Commands;

/// <summary><c>eval</c>: how many test images a network classifies as labelled.</summary>
internal sealed class EvalCommand : CliCommand
{
    private readonly ModelOptions model = new();
    private readonly DataOptions data = new();
    private readonly PhotoOptions photo = new();
    private readonly ClassLabels names = new();
    private readonly Option<int?> count = CliOption.Whole("--count", "Measure on the first images only.", 1);

    public EvalCommand(Session session, GlobalOptions globals, CommandInfo info)
        : base(session, globals, info)
    {
        model.AddTo(this);
        data.AddTo(this);
        photo.AddTo(this);
        names.AddTo(this);
        Add(count);
    }

    /// <summary>An accuracy as people read it.</summary>
    public static string Percent(int correct, int count) =>
        string.Create(CultureInfo.InvariantCulture, $"{100.0 * correct / count:0.00} % ({correct} of {count})");

    protected override int Execute(ParseResult parse, RunSettings settings)
    {
        string? name = parse.GetValue(data.Name);
        if (name is not null) DataSource.Resolve(name);
        DataSource? source = null;
        ImageDataSet? opened = null;
        LoadedModel loaded = model.Load(parse, settings, Session, stored =>
        {
            name = DataSource.Resolve(name ?? stored ?? throw new UsageException("eval: --data is missing. Name a data set."));
            source = data.Source(parse, name) with { Count = parse.GetValue(count) };
            if (source.IsFolder) return null;
            opened = source.Load();
            return [opened.Channels, opened.Height, opened.Width];
        });
        ImageDataSet images = opened ?? source!.Load(loaded, photo.Transform(parse, loaded),
            names.Index(parse, loaded.Network.ClassCount, data.Folder(parse)), Session.Note);
        DataFit.Check(loaded.Network, loaded.Architecture, images);

        Stopwatch clock = Stopwatch.StartNew();
        int[] predicted = Predict(loaded.Network, images, settings);
        int correct = Evaluator.Correct(predicted, images.Labels);
        JsonObject result = new()
        {
            ["accuracy"] = (double)correct / images.Count,
            ["correct"] = correct,
            ["count"] = images.Count,
            ["data"] = name,
            ["seconds"] = clock.Elapsed.TotalSeconds,
            ["device"] = settings.DeviceName,
            ["threads"] = settings.Computing.Threads,
            ["precision"] = settings.PrecisionName,
            ["exact"] = settings.Computing.Exact,
        };
        loaded.Describe(result);
        DescribeTransfers(settings, result);
        return Answer(settings, result, Percent(correct, images.Count));
    }

    private int[] Predict(Network network, ImageDataSet images, RunSettings settings)
    {
        Network computing = settings.Precision == DType.F32 ? network : new CastNetwork(network, settings.Precision);
        ProgressLine line = new(Session);
        try
        {
            return Evaluator.Predict(computing, images, images.Count, new Meter(line, images.Count), Session.Notes, Session.Cancellation);
        }
        finally
        {
            line.End();
        }
    }

    private sealed class Meter(ProgressLine line, int count) : IProgress<int>
    {
        public void Report(int value) => line.Show(() => $"{value} of {count} images");
    }
}
