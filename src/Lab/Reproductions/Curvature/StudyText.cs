using System.Globalization;
using MiniGrad.Charts.Tables;

namespace MiniGrad.Lab.Reproductions;

/// <summary>The texts of the report on the whole study: Study.md, filled.</summary>
internal static class StudyText
{
    public static FilledTemplate Of(IReadOnlyList<SubjectResult> results, CurvaturePreset preset) =>
        Template.Embedded("Study.md").Fill(Values(results, preset));

    private static TemplateValues Values(IReadOnlyList<SubjectResult> results, CurvaturePreset preset) => new()
    {
        { "networks", string.Join(", ", results.Select(r => r.Subject.Title)) },
        { "preset", preset.Name },
        { "full", preset.Name == CurvaturePreset.Full.Name },
        { "per_class", Count(preset.PerClass) },
        { "repetitions", Count(preset.Seeds) },
        { "one_repetition", preset.Seeds == 1 },
        { "drawn", Count(DetectionResult.StudySize) },
        { "pgd_steps", Count(Perturbation.Steps) },
        { "spectra", Count(preset.Spectra) },
        { "subject", preset.Subject.ToString(CultureInfo.InvariantCulture) },
        { "wrong", string.Join(", ", results.Select(r => $"{r.Subject.Wrong} of {r.Subject.Set.Count}")) },
    };

    private static string Count(int value) => ReportNumber.Integer(value);
}
