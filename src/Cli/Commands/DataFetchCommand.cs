using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Cli.Options;
using MiniGrad.Data;
using MiniGrad.Lab;
using MiniGrad.Lab.Models;

namespace MiniGrad.Cli.Commands;

/// <summary><c>data fetch</c>: the files of a data set from the web to disk.</summary>
internal sealed class DataFetchCommand : CliCommand
{
    private readonly Argument<string> name =
        new("name") { Description = $"The data set: {string.Join(", ", FetchSource.Known.Select(source => source.Name))}." };
    private readonly DataOptions data = new();

    public DataFetchCommand(Session session, GlobalOptions globals, CommandInfo info)
        : base(session, globals, info)
    {
        Add(name);
        data.AddTo(this, withName: false);
    }

    protected override int Execute(ParseResult parse, RunSettings settings)
    {
        string set = DataSets.WithoutParts(DataSource.Resolve(parse.GetValue(name)!));
        string folder = DataSets.Folder(data.Folder(parse));
        JsonObject result = new() { ["name"] = set, ["folder"] = folder };
        if (FetchSource.Known.All(source => source.Name != set))
        {
            return Answer(settings, result, $"{set} is drawn by MiniGrad; there is nothing to fetch.");
        }
        ProgressLine line = new(Session);
        try
        {
            new DataFetch().FetchAsync(set, folder, new Meter(line), Session.Cancellation).GetAwaiter().GetResult();
        }
        finally
        {
            line.End();
        }
        return Answer(settings, result, $"{set} is in {folder}");
    }

    private sealed class Meter(ProgressLine line) : IProgress<FetchProgress>
    {
        private const double Megabyte = 1e6;

        public void Report(FetchProgress value) => line.Show(() => string.Create(CultureInfo.InvariantCulture,
            $"{value.File}  {value.Received / Megabyte:0.0} of {value.Bytes / Megabyte:0.0} MB  {value.Mirror?.Host ?? "already there"}"));
    }
}
