using System.Text.Json.Nodes;
using MiniGrad.Charts;
using MiniGrad.Data;

namespace MiniGrad.Lab.Reproductions;

/// <summary>A published study that is ready to be run again: networks and images are loaded, nothing is measured.</summary>
/// <param name="Name">As typed after <c>reproduce</c>.</param>
/// <param name="Preset">How much of it is run.</param>
/// <param name="Data">The test images.</param>
/// <param name="Seed">Of all random numbers.</param>
/// <param name="Identity">What decides its outcome, in order; its name and preset are added.</param>
/// <param name="Hashes">What it stands on, and the hash of each.</param>
/// <param name="Run">Measures the parts that are not there yet.</param>
internal sealed record Study(
    string Name, string Preset, ImageDataSet Data, long Seed, JsonObject Identity, IReadOnlyList<(string Name, string Hash)> Hashes,
    Func<StudyParts, StudyOutcome> Run);

/// <summary>What a study measured, as its page, its files and its summary tell it.</summary>
/// <param name="Page">The page; how to make it again is a section of it.</param>
/// <param name="Files">Texts beside the page, by file name.</param>
/// <param name="Facts">What else the summary says, behind the name of the data.</param>
/// <param name="Networks">The few numbers of each network.</param>
/// <param name="Claims">The claims with their verdicts.</param>
internal sealed record StudyOutcome(
    Func<ReproduceSection, ReportPage> Page, IReadOnlyList<(string Name, string Text)> Files, JsonObject Facts, JsonArray Networks,
    IReadOnlyList<Claim> Claims);
