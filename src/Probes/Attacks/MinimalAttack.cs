namespace MiniGrad.Probes.Attacks;

/// <summary>
/// An attack that looks for the smallest perturbation that changes the prediction. It starts from the class that the network
/// predicts, right or wrong, since a distance to the boundary is one of the network and not of the labels. It has no ball and
/// reports norms, never an accuracy. Unless <paramref name="Clip"/> is set, its outputs may leave the pixel box.
/// </summary>
public abstract record MinimalAttack(PerturbationNorm Norm, bool Clip) : Attack
{
    /// <summary>The most iterations of a row.</summary>
    public abstract int Iterations { get; init; }

    /// <summary>Searches from the images of a task, whose rows are those of the query. No image is checked against the box.</summary>
    protected abstract MinimalResult Search(Query query, MinimalTask task);

    /// <summary>
    /// Leaves the predicted class of images [N, …]. The output of an example is the image across the boundary, or the image
    /// itself when none was found; success is measured by a fresh forward pass. The labels are those of the data: confidences
    /// speak of them, the search does not. It runs on the classifier's device, the output lies where the images came from.
    /// </summary>
    public AttackResult Run(Classifier classifier, Tensor images, int[] labels, RunContext? run = null) => Run(classifier, images, labels, null, run);

    /// <summary>The same towards a class for each image. An image that is of this class to the network is excluded.</summary>
    public AttackResult RunTowards(Classifier classifier, Tensor images, int[] labels, int[] targets, RunContext? run = null) => Run(classifier, images, labels, targets, run);

    private AttackResult Run(Classifier classifier, Tensor images, int[] labels, int[]? targets, RunContext? run)
    {
        Check();
        run ??= new RunContext();
        run.Check();
        images = images.Detach();
        int total = images.Shape[0];
        classifier.CheckImages(images, "attack");
        classifier.CheckClasses(labels, total, "attack");
        if (targets is not null) classifier.CheckClasses(targets, total, "targets");
        HashSet<string> warnings = [.. ClassifierChecks.Check(classifier, images)];
        List<Tensor> outputs = [];
        List<ExampleResult> results = [];
        classifier.Batches.Run(total, run.ChunkSize, (first, count) =>
        {
            int[] rows = [.. Enumerable.Range(first, count)];
            MinimalSearch search = new(classifier, images.TakeIndices(0, rows).To(classifier.Device), Array.ConvertAll(rows, row => labels[row]), targets is null ? null : Array.ConvertAll(rows, row => targets[row]));
            if (search.Task() is { } task)
            {
                search.Take(Search(search.Query, task with
                {
                    Cancellation = run.Cancellation,
                    Progress = iteration => run.Progress?.Report(new(first, total, iteration, Iterations)),
                }));
            }
            ExampleResult[] found = [.. search.Results(first, Clip)];
            outputs.Add(search.Output.To(images.Device));
            results.AddRange(found);
            run.Progress?.Report(new(first + count, total, Iterations, Iterations));
        });
        int flat = results.Count(e => e.Status == ExampleStatus.Flat);
        int undefined = results.Count(e => e.Status == ExampleStatus.NonFinite);
        if (flat > 0) warnings.Add($"zero gradients: {flat} of {total} examples from {run.FirstIndex} on met gradients of zero and have no way to go.");
        if (undefined > 0) warnings.Add($"non-finite: {undefined} of {total} examples from {run.FirstIndex} on met NaN or infinite logits; no average includes them.");
        return new(ToString(), Ops.Concat([.. outputs], 0), [.. results], [], [.. warnings]);
    }
}
