using System.CommandLine;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Runs;
using Mambascope.Imaging;
using Mambascope.Models;
using Mambascope.Tracing;

namespace Mambascope.Cli.Evaluating;

/// <summary>Which models, methods and images: the options of every verb that runs a test.</summary>
internal sealed class EvaluationOptions
{
    private const string StandardData = "fashion-scenes:test:200";

    private readonly RunOptions run = new(ModelOptions.StandardVisionModel, "raw,rollout,attribution");
    private readonly Option<string?> data = OptionKinds.Text("--data", "DATA", $"fashion-scenes:SPLIT:COUNT, a folder of pictures (ImageNet's synset folders, or flat with --data-labels), a folder with images and masks, or gtsegs_ijcv.mat [default: {StandardData}]");
    private readonly Option<string?> labels = OptionKinds.Text("--data-labels", "FILE", "Labels of the pictures: lines NAME LABEL, or a CSV");
    private readonly Option<string?> columns = OptionKinds.Text("--columns", "FILE.csv", "Your own columns by picture, kept in the results and usable with --slice");
    private readonly Option<ExplainedClass> explained = OptionKinds.Choice("--explain", "Class that maps explain: the model's answer, or the true one [default: predicted]", [("predicted", ExplainedClass.Predicted), ("true", ExplainedClass.True)]);

    internal EvaluationOptions(Command verb)
    {
        foreach (var option in new Option[] { run.Models, run.Methods, data, labels, columns, explained, run.Seed, run.Shard })
        {
            verb.Add(option);
        }
    }

    /// <summary>Opens models and data and sets up the run.</summary>
    internal OpenedImageEvaluation Open(Session session, IImageTest test)
    {
        var arguments = session.Arguments;
        var part = run.ShardOf(session);
        var dataset = DatasetSpecification.Open(arguments.GetValue(data) ?? StandardData, new()
        {
            Decode = path => ImageFile.Decode(path),
            LabelsFile = arguments.GetValue(labels),
            ColumnsFile = arguments.GetValue(columns),
        });
        var classifiers = run.Open(session, name => ModelOptions.Open(session, name), classifier => classifier.Name);
        try
        {
            var seed = run.SeedOf(session);
            ModelShape[] kinds = [.. classifiers.Select(classifier => classifier.Model.Shape)];
            IReadOnlyList<TestMethod>[] chosen =
            [
                .. classifiers.Select((classifier, m) => (IReadOnlyList<TestMethod>)
                [
                    .. run.MethodsOf(session, classifier.Name, kinds[m], kinds).Select(method => TestMethod.Of(method.Method, method.Options)),
                    .. TestMethod.Controls(dataset.HasMasks, seed),
                ]),
            ];
            var evaluation = new ImageEvaluation(test, dataset, [.. classifiers.Select(Tested)], chosen, arguments.GetValue(explained), seed, part.Index, part.Count);
            return new(evaluation, test, dataset, classifiers, chosen);
        }
        catch
        {
            classifiers.ForEach(classifier => classifier.Dispose());
            throw;
        }
    }

    /// <summary>The one model that maps from a file are scored with.</summary>
    internal ImageClassifier OpenOne(Session session)
        => session.Arguments.GetValue(run.Models) is { Length: 1 } named
            ? ModelOptions.Open(session, named[0])
            : throw new UsageException("--maps of the perturbation test need one --model to classify the masked pictures");

    internal static TestModel Tested(ImageClassifier classifier)
        => new(new(classifier.Name, RunOptions.Fingerprint(classifier.Model)), classifier.Model, TestModel.Squashed(classifier.Preprocessing, classifier.Model.Grid.ImageHeight));
}
