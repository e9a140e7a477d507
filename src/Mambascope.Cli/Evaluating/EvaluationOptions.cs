using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Mambascope.Attribution;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Runs;
using Mambascope.Imaging;
using Mambascope.Models;

namespace Mambascope.Cli.Evaluating;

/// <summary>Which models, methods and images: the options of every verb that runs a test.</summary>
internal sealed class EvaluationOptions
{
    private const string StandardData = "fashion-scenes:test:200";
    private const string StandardMethods = "raw,rollout,attribution";

    private readonly Option<string[]> models = new("--model", "-m")
    {
        Description = $"Model; repeat for several side by side: folder, weight file, shipped model, or random:PRESET[:SEED] [default: {ModelOptions.StandardVisionModel}]",
        HelpName = "MODEL",
    };

    private readonly Option<string[]> methods = new("--method")
    {
        Description = $"Method, or METHOD.FORM such as rollout.paper; repeat for several. attribution means transformer-attribution for a transformer [default: {StandardMethods}]. Mamba: {MethodNames.Of(LayerKinds.Mamba)}. Transformers: {MethodNames.Of(LayerKinds.Attention)}",
        HelpName = "METHOD[.FORM]",
    };

    private readonly Option<string?> data = OptionKinds.Text("--data", "DATA", $"fashion-scenes:SPLIT:COUNT, a folder of pictures (ImageNet's synset folders, or flat with --data-labels), a folder with images and masks, or gtsegs_ijcv.mat [default: {StandardData}]");
    private readonly Option<string?> labels = OptionKinds.Text("--data-labels", "FILE", "Labels of the pictures: lines NAME LABEL, or a CSV");
    private readonly Option<string?> columns = OptionKinds.Text("--columns", "FILE.csv", "Your own columns by picture, kept in the results and usable with --slice");
    private readonly Option<ExplainedClass> explained = OptionKinds.Choice("--explain", "Class that maps explain: the model's answer, or the true one [default: predicted]", [("predicted", ExplainedClass.Predicted), ("true", ExplainedClass.True)]);
    private readonly Option<int?> seed = OptionKinds.Whole("--seed", "N", "Seed of everything that is drawn [default: 0]", 0);
    private readonly Option<string?> shard = OptionKinds.Text("--shard", "I/N", "Work on part I (from 0) of N only; auto/N takes I from SLURM_ARRAY_TASK_ID or JOB_COMPLETION_INDEX");

    internal EvaluationOptions(Command verb)
    {
        models.CompletionSources.Add([.. ModelSpecification.Shipped()]);
        methods.CompletionSources.Add([.. AttributionMethods.All.Select(method => method.Name).Distinct()]);
        foreach (var option in new Option[] { models, methods, data, labels, columns, explained, seed, shard })
        {
            verb.Add(option);
        }
    }

    /// <summary>Opens models and data and sets up the run.</summary>
    internal OpenedEvaluation Open(Session session, ImageTest test)
    {
        var arguments = session.Arguments;
        var part = Shard(arguments.GetValue(shard));
        var dataset = DatasetSpecification.Open(arguments.GetValue(data) ?? StandardData, new()
        {
            Decode = path => ImageFile.Decode(path),
            LabelsFile = arguments.GetValue(labels),
            ColumnsFile = arguments.GetValue(columns),
        });
        var classifiers = OpenModels(session);
        try
        {
            var drawn = arguments.GetValue(seed) ?? 0;
            IReadOnlyList<TestMethod>[] chosen = [.. classifiers.Select(classifier => (IReadOnlyList<TestMethod>)[.. Methods(session, classifier, classifiers), .. TestMethod.Controls(dataset.HasMasks, drawn)])];
            var run = new EvaluationRun(test, dataset, [.. classifiers.Select(Tested)], chosen, arguments.GetValue(explained), drawn, part.Index, part.Count);
            return new(run, test, dataset, classifiers, chosen);
        }
        catch
        {
            classifiers.ForEach(classifier => classifier.Dispose());
            throw;
        }
    }

    /// <summary>The one model that maps from a file are scored with.</summary>
    internal ImageClassifier OpenOne(Session session)
        => session.Arguments.GetValue(models) is { Length: 1 } named
            ? ModelOptions.Open(session, named[0])
            : throw new UsageException("--maps of the perturbation test need one --model to classify the masked pictures");

    internal static TestModel Tested(ImageClassifier classifier)
        => new(new(classifier.Name, Fingerprint(classifier.Model)), classifier.Model, TestModel.Squashed(classifier.Preprocessing, classifier.Model.Grid.ImageHeight));

    private List<ImageClassifier> OpenModels(Session session)
    {
        var opened = new List<ImageClassifier>();
        try
        {
            foreach (var name in session.Arguments.GetValue(models) is { Length: > 0 } given ? given : [ModelOptions.StandardVisionModel])
            {
                opened.Add(ModelOptions.Open(session, name));
                if (opened.Count(each => each.Name == opened[^1].Name) > 1)
                {
                    throw new UsageException($"--model {name}: two models are called {opened[^1].Name}; results would not tell them apart: rename a folder");
                }
            }

            return opened;
        }
        catch
        {
            opened.ForEach(classifier => classifier.Dispose());
            throw;
        }
    }

    // A method that explains one of the models but not the other is measured on the one.
    private IEnumerable<TestMethod> Methods(Session session, ImageClassifier classifier, IReadOnlyList<ImageClassifier> all)
    {
        var words = session.Arguments.GetValue(methods) is { Length: > 0 } given ? given : [StandardMethods];
        foreach (var name in words.SelectMany(word => word.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).Distinct(StringComparer.Ordinal))
        {
            var kinds = classifier.Model.LayerKinds;
            if (!MethodNames.Explains(name, kinds) && all.Any(other => MethodNames.Explains(name, other.Model.LayerKinds)))
            {
                session.Note($"{name} is not measured on {classifier.Name}, which has {AttributionMethods.Words(kinds)}");
                continue;
            }

            var (method, options) = MethodNames.WithForm(name, kinds);
            yield return TestMethod.Of(method, options);
        }
    }

    private static string Fingerprint(IVisionModel model)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var weight in model.AllWeights)
        {
            hash.AppendData(MemoryMarshal.AsBytes(weight.Data.AsSpan()));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    private static (int Index, int Count) Shard(string? text)
    {
        if (text is null)
        {
            return (0, 1);
        }

        var parts = text.Split('/');
        if (parts.Length == 2 && Number(parts[1], out var count) && count > 0)
        {
            var index = parts[0] != "auto" ? parts[0]
                : Environment.GetEnvironmentVariable("SLURM_ARRAY_TASK_ID") ?? Environment.GetEnvironmentVariable("JOB_COMPLETION_INDEX")
                ?? throw new UsageException($"--shard {text}: neither SLURM_ARRAY_TASK_ID nor JOB_COMPLETION_INDEX is set");
            if (Number(index, out var i) && i < count)
            {
                return (i, count);
            }
        }

        throw new UsageException($"--shard {text}: expected I/N with I from 0 to N-1, for example 0/8, or auto/8 in a SLURM array 0-7 or an indexed Kubernetes job");

        static bool Number(string word, out int number) => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
