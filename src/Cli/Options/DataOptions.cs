using System.CommandLine;
using MiniGrad.Data;
using MiniGrad.Lab.Models;

namespace MiniGrad.Cli.Options;

/// <summary>The options that name a data set, and the set they name.</summary>
internal sealed class DataOptions
{
    private readonly Option<string?> folder = CliOption.Text(
        "--data-dir", "The folder of the data sets; else MINIGRAD_DATA, else the user's cache.", "folder");

    public Option<string?> Name { get; } = CliOption.Text("--data", $"The data set: {string.Join(", ", DataSets.Names)} (or some training "
        + $"batches: cifar-10:1-4), or {DataSource.FolderPrefix}PATH with a folder of images for each class.",
        "name");

    public void AddTo(Command command, bool withName = true)
    {
        if (withName) command.Add(Name);
        command.Add(folder);
    }

    /// <summary>The images of a name.</summary>
    public DataSource Source(ParseResult parse, string name) => new(name) { DataFolder = Folder(parse) };

    /// <summary>The folder that was named, if any.</summary>
    public string? Folder(ParseResult parse) => parse.GetValue(folder);
}
