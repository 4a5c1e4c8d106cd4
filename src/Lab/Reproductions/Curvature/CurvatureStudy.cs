using System.Diagnostics;
using System.Text.Json.Nodes;
using MiniGrad.Charts;
using MiniGrad.Formats.Weights;
using MiniGrad.Lab.Runs;

namespace MiniGrad.Lab.Reproductions;

/// <summary>
/// The study on some networks: measures what a run folder does not hold yet, then writes report, tables and summary into it.
/// </summary>
internal sealed class CurvatureStudy(Session session, RunSettings settings, CurvaturePreset preset, long seed, ProgressLine line)
{
    /// <summary>The PGD image of one of the first so many images of the class is across a boundary, or there is no section.</summary>
    private const int SectionImages = 10;

    /// <param name="folder">The study's own; each measurement has one below it.</param>
    /// <param name="subjects">The networks.</param>
    /// <param name="cure">Fine-tunes by CURE, after all measurements.</param>
    public JsonObject Run(RunFolder folder, IReadOnlyList<CurvatureSubject> subjects, Func<List<CureStudy>> cure)
    {
        Stopwatch clock = Stopwatch.StartNew();
        CurvatureStudyRun run = new(session, settings, preset, folder.Path, seed, line);
        List<SubjectResult> results = [.. subjects.Select(subject => Measure(subject, run))];
        List<CureStudy> cured = cure();
        line.End();
        Write(folder, results, cured);
        JsonObject summary = new()
        {
            ["schema"] = RunFolder.Schema,
            ["study"] = "curvature",
            ["preset"] = preset.Name,
            ["resumed"] = folder.IsResumed,
            ["seconds"] = clock.Elapsed.TotalSeconds,
            ["networks"] = new JsonArray([.. results.Select(CurvatureData.Summary)]),
            ["report"] = folder.File("report.html"),
        };
        folder.WriteSummary(summary);
        RunFolder.RemoveParts(folder.Path, SearchOption.AllDirectories);
        return summary;
    }

    private SubjectResult Measure(CurvatureSubject subject, CurvatureStudyRun run)
    {
        List<DetectionResult> detection = run.Detection(subject);
        MethodAgreement? agreement =
            subject.Classifier.IsPiecewiseLinear ? null : MethodAgreement.Of(subject, preset.Agreement, session.Cancellation);
        return new(subject, run.Spectra(subject), Section(subject), detection, run.Paired(subject), run.Boundary(subject),
            run.NaturalScores(subject), MethodAgreement.Sweep(subject, seed), agreement, run.Profile(subject));
    }

    /// <summary>Of the first image of the class that PGD moves.</summary>
    private BoundarySection? Section(CurvatureSubject subject) =>
        subject.PredictedAs(preset.Subject, SectionImages)
            .Select(i => BoundarySection.Of(subject, i, seed, session.Cancellation)).FirstOrDefault(s => s is not null);

    private void Write(RunFolder folder, List<SubjectResult> results, List<CureStudy> cure)
    {
        ReproduceSection reproduce = new(folder.Manifest["command_line"]!.GetValue<string>(), seed, settings.DeviceName,
            [("minigrad", Machine.Version), ("runtime", Machine.Runtime), ("processor", Machine.Processor)],
            [.. results.Select(r => (r.Subject.Key, r.Subject.Record.Sha256)),
                .. results.Select(r => ($"{r.Subject.Set.Name} (test)", r.Subject.Set.Sha256)).Distinct()]);
        FilledTemplate study = StudyText.Of(results, preset);
        List<FilledTemplate> networks = [.. results.Select(NetworkText.Of)];
        List<ReportSection> sections =
        [
            CurvatureTables.Beside(results, study, networks), CurvatureFigures.Sections(results, study),
            CurvatureFigures.Spectra(results, study, networks), CurvatureFigures.Roc(results, study),
            CurvatureTables.Detection(results, study, networks), CurvatureFigures.Ranks(results, study),
            CurvatureFigures.Methods(results, study, networks), CurvatureFigures.Further(results, study), CureReport.Section(cure),
            new("How to reproduce this", "", [reproduce]),
        ];
        ReportPage page = new(study["page"].Title, study["page"].Text, sections);
        OutputFile.WriteText(folder.File("report.html"), page.ToHtml());
        foreach ((string name, string text) in results.SelectMany(CurvatureData.Files)) OutputFile.WriteText(folder.File(name), text);
        OutputFile.Guard(folder.Path,
            () => Safetensors.Write(folder.File("tensors.safetensors"), [.. results.Where(r => r.Section is not null).Select(r =>
            ($"section_sign/{r.Subject.Key}", Tensor.From([.. r.Section!.Values.SelectMany(row => row.Select(Math.Sign))],
                [BoundarySection.Side, BoundarySection.Side])))]));
    }
}
