using System.CommandLine;
using Mambascope.Attribution;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Runs;
using Mambascope.Imaging;
using Mambascope.Models;
using Mambascope.Tracing;

namespace Mambascope.Cli.Evaluating;

/// <summary>Pictures and the vision models that answer them.</summary>
internal sealed class PictureInput : EvaluationInput
{
    private const string StandardData = "fashion-scenes:test:200";
    private const string StandardScenes = "fashion-scenes:two-items:500";

    private readonly RunOptions run;
    private readonly string standardData;
    private readonly Option<string?> data;
    private readonly Option<string?> labels = OptionKinds.Text(
        "--data-labels", "FILE", "Labels of the pictures: lines NAME LABEL, or a CSV; a label is a class by index or by name");
    private readonly Option<string?> columns = OptionKinds.Text(
        "--columns", "FILE.csv", "Your own columns by picture, kept in the results and usable with --slice");

    private readonly Option<ExplainedClass> explained = OptionKinds.Choice(
        "--explain", "Class that maps explain: the model's answer, or the true one [default: predicted]",
        [("predicted", ExplainedClass.Predicted), ("true", ExplainedClass.True)]);

    private PictureInput(RunOptions run, string standardData, string data)
        => (this.run, this.standardData, this.data) = (
            run, standardData, OptionKinds.Text("--data", "DATA", $"{data} [default: {standardData}]"));

    /// <inheritdoc/>
    internal override IReadOnlyList<string> Notes => run.Notes;

    /// <inheritdoc/>
    internal override CaseKind Kind => CaseKind.Picture;

    /// <inheritdoc/>
    internal override string SliceColumns => "label, prediction, or a column of --columns";

    /// <summary>Pictures of any kind.</summary>
    internal static PictureInput Any()
        => new(
            new(ModelOptions.StandardVisionModel, ModelInput.Pictures), StandardData,
            "fashion-scenes:SPLIT:COUNT (-hard, -marked), medmnist:FILE.npz:SPLIT, a folder with a folder for each class "
                + "(data/Bag/a.jpg, or "
                + "ImageNet's synsets), a flat one with --data-labels or labels.csv in it, tar files (webdataset:FILE.tar, a folder or "
                + "\"shard-{000..127}.tar\", with KEY.jpg and KEY.cls; ILSVRC2012_img_val.tar with --data-labels), masks beside "
                + "pictures as "
                + "NAME.mask.png or in the folders images and masks, or "
                + "gtsegs_ijcv.mat");

    /// <summary>Scenes with two garments, and all methods.</summary>
    internal static PictureInput TwoItems()
        => new(
            new(ModelOptions.StandardVisionModel, WithoutFurtherRuns, "all that need no further runs, in every form"), StandardScenes,
            "Scenes: fashion-scenes:two-items:COUNT, drawn from the garments that no model was trained on");

    /// <inheritdoc/>
    internal override void AddTo(Command verb)
    {
        // Scenes with two garments have labels, and what is explained of them is known.
        Option[] ofData = standardData == StandardScenes ? [data, columns] : [data, labels, columns, explained];
        foreach (
            var option in (Option[])
                [
                    run.Models, .. run.Opening.OfResizedPictures, run.Methods, .. run.OfMethods, .. ofData, run.Seed, run.Shard,
                ])
        {
            verb.Add(option);
        }
    }

    /// <inheritdoc/>
    internal override OpenedEvaluation Open(
        Session session, IMeasure measure, IReadOnlyDictionary<int, string>? leftOut = null)
    {
        var arguments = session.Arguments;
        run.ShardOf(session);
        var classifiers = run.Open(session, name => Open(session, name), classifier => classifier.Name);
        try
        {
            var dataset = DatasetSpecification.Open(arguments.GetValue(data) ?? standardData, new()
            {
                Decode = path => ImageFile.Decode(path),
                DecodeBytes = (bytes, name) => ImageFile.Decode(bytes, name),
                LabelsFile = arguments.GetValue(labels),
                ColumnsFile = arguments.GetValue(columns),
                Classes = ClassesOf(classifiers),
            });
            dataset = leftOut is null ? dataset : PicturesThatAreGone.In(dataset, leftOut);
            var cases = new PictureCases(dataset, [.. classifiers.Select(PictureModel.Of)]);
            var (measureRun, methods) = SetUp(
                session, measure, run, [.. classifiers.Select(classifier => (classifier.Name, classifier.Model.Shape))], cases,
                measure.Explains ?? arguments.GetValue(explained));
            return Opened(measureRun, dataset, classifiers, methods);
        }
        catch
        {
            classifiers.ForEach(classifier => classifier.Dispose());
            throw;
        }
    }

    // Names of classes mean something where all models call them alike.
    private static IReadOnlyList<string>? ClassesOf(IReadOnlyList<ImageClassifier> classifiers)
    {
        IReadOnlyList<string>[] all =
        [
            .. classifiers.Select(classifier => (IReadOnlyList<string>)
                [.. Enumerable.Range(0, classifier.Labels.Count).Select(i => classifier.Labels[i])]),
        ];
        return classifiers.All(classifier => classifier.Labels.Any) && all.All(names => names.SequenceEqual(all[0], StringComparer.Ordinal))
            ? all[0]
            : null;
    }

    /// <summary>A run with the examples of its report.</summary>
    internal static OpenedEvaluation Opened(
        MeasureRun run, IImageDataset data, IReadOnlyList<ImageClassifier> models, IReadOnlyList<IReadOnlyList<MeasuredMethod>> methods)
        => new(run, models[0].Workers, new PictureExamples(run.Measure, data, models, methods).AddTo, models);

    /// <summary>The one model that maps from a file are scored with.</summary>
    internal ImageClassifier OpenOne(Session session)
        => session.Arguments.GetValue(run.Models) is { Length: 1 } named
            ? Open(session, named[0])
            : throw new UsageException("--maps of the perturbation test need one --model to classify the masked pictures");

    private ImageClassifier Open(Session session, string name)
        => ModelOptions.Open(session, name, run.Opening.Pictures(session, run.Named(session), name));

    private static IEnumerable<string> WithoutFurtherRuns(ModelShape kinds)
        => AttributionMethods
            .For(kinds)
            .Where(method => !method.TakesManyPasses)
            .SelectMany(method => method.Forms
                .Where(options => options.Reference != InputReference.TextMean)
                .Select(method.NameOf));
}
