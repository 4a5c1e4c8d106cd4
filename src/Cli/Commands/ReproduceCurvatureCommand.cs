using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Cli.Options;
using MiniGrad.Data;
using MiniGrad.Lab;
using MiniGrad.Lab.Models;
using MiniGrad.Lab.Reproductions;
using MiniGrad.Lab.Runs;
using MiniGrad.Nn;
using MiniGrad.Nn.Weights;
using MiniGrad.Training;

namespace MiniGrad.Cli.Commands;

/// <summary>
/// <c>reproduce curvature</c>: the figures of the curvature study on MNIST and
/// Fashion-MNIST, with its numbers beside ours, as one report.
/// </summary>
internal sealed class ReproduceCurvatureCommand : CliCommand
{
    private readonly Option<string?> presetName = CliOption.Choice(
        "--preset", "How much of it: small (minutes) or full (up to an hour); full by default.", "small", "full");
    private readonly Option<string?> outFolder = CliOption.Text(
        "--out", "The folder of the study; runs/reproduce-curvature by default.", "folder");
    private readonly Option<bool> resume = CliOption.Flag("--resume", "Go on with the study in that folder.");
    private readonly Option<double?> targetSuccess = CliOption.Real("--target-success", "Choose the radius of PGD so that it changes the "
        + "class of this share of images (0.85, say), in place of the study's radii.",
        0, above: true);
    private readonly DataOptions data = new();

    public ReproduceCurvatureCommand(Session session, GlobalOptions globals, CommandInfo info)
        : base(session, globals, info)
    {
        foreach (Option option in (Option[])[presetName, targetSuccess, outFolder, resume]) Add(option);
        data.AddTo(this, withName: false);
    }

    protected override DType UsualPrecision => DType.F64;

    protected override int Execute(ParseResult parse, RunSettings settings)
    {
        if (settings.Precision != DType.F64)
        {
            throw new UsageException("reproduce curvature: it computes in f64; --precision f32 is for probe curvature.");
        }
        double? target = parse.GetValue(targetSuccess);
        if (target > 1)
        {
            throw new UsageException(
                $"--target-success: {target.Value.ToString(CultureInfo.InvariantCulture)} is no share of images. Give a number up to 1.");
        }
        CurvaturePreset preset = CurvaturePreset.Find(parse.GetValue(presetName) ?? "full");
        long seed = settings.Seed ?? 0;
        string path = parse.GetValue(outFolder) ?? System.IO.Path.Combine("runs", "reproduce-curvature");
        ProgressLine line = new(Session);
        CurvatureSubject[] subjects = [.. CurvatureSubject.All(data.Folder(parse), settings.Device, Session, line)];
        JsonObject identity = new()
        {
            ["study"] = "curvature",
            ["preset"] = preset.Name,
            ["weights_sha256"] = JsonText.Array(subjects.Select(s => s.Record.Sha256)),
            ["data_sha256"] = JsonText.Array(subjects.Select(s => s.Set.Sha256)),
            ["target_success"] = target,
            ["seed"] = seed,
            ["exact"] = settings.Computing.Exact,
        };
        settings.IdentifyMachine(identity);
        using RunFolder folder = RunFolder.Open(path,
            RunManifest.Create(Session, settings, "reproduce curvature", identity, seed), parse.GetValue(resume));
        if (folder.IsComplete)
        {
            Session.Note($"{path} is complete already.");
            RunFolder.RemoveParts(path, SearchOption.AllDirectories);
            JsonObject former = folder.ReadSummary();
            return Answer(settings, former, Sentence(former, folder));
        }
        try
        {
            if (target is { } share)
            {
                subjects = [.. subjects.Select(s => s with { Epsilon = Perturbation.EpsilonFor(s, share, seed, Session.Cancellation) })];
            }
            CurvatureStudy study = new(Session, settings, preset, seed, line);
            JsonObject summary = study.Run(folder, subjects, () => Cure(preset, path, line, data.Folder(parse), settings.Device));
            return Answer(settings, summary, Sentence(summary, folder));
        }
        catch (OperationCanceledException)
        {
            line.End();
            throw new OperationCanceledException($"stopped; what was finished is kept in {path}. Go on with: {Session.ResumeLine}");
        }
    }

    private List<CureStudy> Cure(CurvaturePreset preset, string path, ProgressLine line, string? dataFolder, Device device)
    {
        List<CureStudy> studies = [];
        foreach (CureBudget budget in preset.Cure)
        {
            Recipe recipe = CureStudy.Shortened(RecipeCatalog.Find(budget.Recipe), budget.Epochs);
            DataSource source = new(recipe.DataSet) { DataFolder = dataFolder };
            ImageDataSet train, test;
            try
            {
                train = (source with { Count = budget.TrainImages }).Load(Split.Train);
                test = (source with { Count = budget.TestImages }).Load();
            }
            catch (DataSetException error) when (recipe.DataSet.StartsWith("cifar", StringComparison.Ordinal))
            {
                Session.Note($"{recipe.Name} is left out: {error.Message}");
                continue;
            }
            (Network network, _) = ShippedWeights.Load("reproduce curvature", recipe.Start!, device: device);
            string checkpoints = System.IO.Path.Combine(path, "cure");
            OutputFile.Guard(checkpoints, () => Directory.CreateDirectory(checkpoints));
            IReadOnlyList<double> radii = network.InputShape[0] == 1 ? CureStudy.GreyEpsilons : CureStudy.ColourEpsilons;
            studies.Add(CureStudy.Run(recipe, network, train, test, radii, checkpoints, line, Session.Cancellation));
        }
        return studies;
    }

    private static string Sentence(JsonObject summary, RunFolder folder)
    {
        IEnumerable<string> lines = summary["networks"]!.AsArray().Select(network =>
        {
            JsonNode pgd = network!["detection"]![0]!;
            return string.Create(
                CultureInfo.InvariantCulture, $"{network["weights"]}: mean κ̄ {network["average_mean"]!.GetValue<double>():G4}, "
                    + $"{100 * network["near_zero_share"]!.GetValue<double>():F1} % near zero; "
                    + $"PGD detected with AUC {pgd["auc"]?.GetValue<double>():F3}, "
                    + $"former class first {100 * pgd["former_class_first"]?.GetValue<double>():F1} %");
        });
        return $"{string.Join('\n', lines)}\nreport: {folder.File("report.html")} "
            + $"({summary["seconds"]!.GetValue<double>().ToString("F0", CultureInfo.InvariantCulture)} s)";
    }
}
