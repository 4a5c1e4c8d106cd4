using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Cli.Options;
using MiniGrad.Data;
using MiniGrad.Lab;
using MiniGrad.Lab.Models;

namespace MiniGrad.Cli.Commands;

/// <summary><c>data info</c>: what is in a data set.</summary>
internal sealed class DataInfoCommand : CliCommand
{
    private readonly Argument<string> name =
        new("name") { Description = $"The data set: {string.Join(", ", DataSets.Names)} (or some training batches: cifar-10:1-4)." };
    private readonly DataOptions data = new();

    public DataInfoCommand(Session session, GlobalOptions globals, CommandInfo info)
        : base(session, globals, info)
    {
        Add(name);
        data.AddTo(this, withName: false);
    }

    protected override int Execute(ParseResult parse, RunSettings settings)
    {
        string set = DataSource.Resolve(parse.GetValue(name)!);
        string source = set == "digits" ? "drawn by MiniGrad, no files" : DataSets.Folder(data.Folder(parse));
        JsonObject result = new() { ["name"] = set, ["source"] = source };
        TextTable table = new("part", "images", "size", "classes", "mean", "std", "SHA-256 of pixels and labels");
        foreach (Split split in Enum.GetValues<Split>())
        {
            Session.Cancellation.ThrowIfCancellationRequested();
            ImageDataSet part = data.Source(parse, set).Load(split);
            (double mean, double std) = Moments(part.Pixels);
            string key = split == Split.Train ? "train" : "test";
            result[key] = new JsonObject
            {
                ["count"] = part.Count,
                ["shape"] = new JsonArray(part.Channels, part.Height, part.Width),
                ["classes"] = JsonText.Array(part.ClassNames),
                ["class_counts"] = JsonText.Array(Counts(part)),
                ["mean"] = JsonText.Number(mean),
                ["std"] = JsonText.Number(std),
                ["sha256"] = part.Sha256,
            };
            table.Add(key, Text(part.Count), $"{part.Channels} x {part.Height} x {part.Width}",
                Text(part.ClassCount), Text(mean), Text(std), part.Sha256);
        }
        return Answer(settings, result, $"{set}: {source}\n{table}");
    }

    private static int[] Counts(ImageDataSet part)
    {
        int[] counts = new int[part.ClassCount];
        foreach (int label in part.Labels) counts[label]++;
        return counts;
    }

    /// <summary>Mean and standard deviation of all values in [0, 1]; exact, since bytes are counted.</summary>
    private static (double Mean, double Std) Moments(byte[] pixels)
    {
        long[] histogram = new long[256];
        foreach (byte pixel in pixels) histogram[pixel]++;
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < 256; i++)
        {
            sum += histogram[i] * (i / 255.0);
            squares += histogram[i] * (i / 255.0) * (i / 255.0);
        }
        double mean = sum / pixels.Length;
        return (mean, Math.Sqrt(Math.Max(0, squares / pixels.Length - mean * mean)));
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Text(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);
}
