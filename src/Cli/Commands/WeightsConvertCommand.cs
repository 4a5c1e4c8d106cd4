using System.CommandLine;
using System.Text.Json.Nodes;
using MiniGrad.Cli.Options;
using MiniGrad.Formats;
using MiniGrad.Formats.Weights;
using MiniGrad.Lab;

namespace MiniGrad.Cli.Commands;

/// <summary><c>weights convert</c>: writes the tensors of a weight file in any format as safetensors.</summary>
internal sealed class WeightsConvertCommand : CliCommand
{
    private readonly Argument<string> input = new("in") { Description = "A file of weights in any format that is read." };
    private readonly Argument<string> output = new("out") { Description = "The safetensors file to write." };
    private readonly Option<string?> state = CliOption.Text(
        "--state", "Which of several sets of weights in a PyTorch file, such as ema.", "name");

    public WeightsConvertCommand(Session session, GlobalOptions globals, CommandInfo info)
        : base(session, globals, info)
    {
        Add(input);
        Add(output);
        Add(state);
    }

    protected override int Execute(ParseResult parse, RunSettings settings)
    {
        string from = parse.GetValue(input)!;
        string to = parse.GetValue(output)!;
        InputFile.Check(from, "weights");
        OutputFile.Check(to, from);
        using WeightFile file = WeightFile.Open(from, parse.GetValue(state));
        List<(string, Tensor)> tensors = [];
        foreach (string name in file.Names)
        {
            Session.Cancellation.ThrowIfCancellationRequested();
            tensors.Add((name, file.Read(name)));
        }
        OutputFile.Guard(to, () => Safetensors.Write(to, tensors, file.Metadata));

        string[] changes = [.. file.Entries.Where(entry => entry.DTypeInTensor != entry.DType).GroupBy(entry => entry.DType)
            .Select(group => $"{group.Count()} tensors of type {group.Key} became {group.First().DTypeInTensor}")];
        string[] notes = [.. file.Notes, .. changes];
        long numbers = file.Entries.Sum(entry => entry.Count);
        JsonObject answer = new()
        {
            ["input"] = from,
            ["output"] = to,
            ["format"] = file.Format,
            ["tensors"] = file.Names.Count,
            ["numbers"] = numbers,
            ["sha256"] = FileHash.Sha256(to),
            ["notes"] = JsonText.Array(notes),
        };
        string text = $"{to}: {file.Names.Count} tensors, {numbers} numbers, from {file.Format} {from}";
        return Answer(settings, answer, string.Join('\n', [text, .. notes.Select(ErrorReport.OneLine)]));
    }
}
