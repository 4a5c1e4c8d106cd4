using System.CommandLine;
using MiniGrad.Data;
using MiniGrad.Lab;
using MiniGrad.Lab.Models;

namespace MiniGrad.Cli.Options;

/// <summary>
/// The names of a network's classes: from the file that was given, the data set of the
/// weights, or ImageNet's index in the data folder.
/// </summary>
internal sealed class ClassLabels
{
    private const int ImageNetClasses = 1000;

    private readonly Option<string?> file = CliOption.Text(
        "--class-names", $"The names of the classes, as {ClassNames.FileName} has them.", "file");

    public void AddTo(Command command) => command.Add(file);

    public bool IsGiven(ParseResult parse) => parse.GetValue(file) is not null;

    /// <summary>One name a class; none where nobody tells.</summary>
    public IReadOnlyList<string>? For(ParseResult parse, LoadedModel model, string? dataFolder, Session session)
    {
        int classes = model.Network.ClassCount;
        IReadOnlyList<string>? names = Index(parse, classes, dataFolder)?.Names
            ?? (model.DataSet is { } set ? DataSets.ClassNames(set) : null);
        if (names?.Count == classes) return names;
        if (classes == ImageNetClasses)
        {
            session.Note($"no names of ImageNet's classes: put {ClassNames.FileName} into {DataSets.Folder(dataFolder)}, "
                + "or name it with --class-names.");
        }
        return null;
    }

    /// <summary>The index that was named; for as many classes as ImageNet has, also the one in the data folder.</summary>
    public ClassNames? Index(ParseResult parse, int classes, string? dataFolder)
    {
        if (parse.GetValue(file) is { } path)
        {
            InputFile.Check(path, "--class-names");
            ClassNames given = ClassNames.Load(path);
            if (given.Count != classes)
            {
                throw new UsageException(
                    $"--class-names: {path} names {given.Count} classes, the network has {classes}. Give the names of its classes.");
            }
            return given;
        }
        if (classes != ImageNetClasses) return null;
        string folder = DataSets.Folder(dataFolder);
        string? found = ((string[])[Path.Combine(folder, ClassNames.FileName), Path.Combine(folder, "images", ClassNames.FileName)])
            .FirstOrDefault(File.Exists);
        return found is null ? null : ClassNames.Load(found);
    }
}
