using System.Globalization;
using System.Text;

namespace Mambascope.Training;

/// <summary>The README.md of a trained model: what it is, what it learned from, how well it does, how it was made.</summary>
internal static class ModelCard
{
    private const int MostShownClasses = 20;

    /// <summary>The text, Markdown.</summary>
    /// <param name="name">What the model is called.</param>
    /// <param name="trained">What came out.</param>
    /// <param name="data">Cases.</param>
    /// <param name="recipe">Numbers.</param>
    /// <param name="begun">Settings and command.</param>
    /// <param name="date">Of the end.</param>
    public static string Of(
        string name, TrainedModel trained, TrainingData data, CaseRecipe recipe, BegunTraining begun, DateOnly date)
    {
        var card = new StringBuilder();
        card.AppendLine(Line($"# {name}")).AppendLine();
        var kind = data.Number is null ? "A classifier" : "A model that predicts a number,";
        card.AppendLine(Line($"{kind} trained by Mambascope on {date:yyyy-MM-dd}. Look into it with `mambascope explain --model`."));
        card.AppendLine().AppendLine("| | |").AppendLine("|---|---|");
        Row(card, "model", Line($"{recipe.Architecture}, {trained.Parameters:N0} parameters, reads {data.InputWords}"));
        Row(card, "sizes", data.SizeWords(recipe));
        if (begun.Settings.From is { } from)
        {
            Row(card, "starts from", $"the weights of `{from}`, the head's apart");
        }

        Row(card, "data", $"`{begun.Settings.Data}`");
        Row(card, "split", data.SplitWords);
        Row(
            card,
            "training",
            Line($"{trained.Steps:N0} steps of {recipe.BatchSize} {data.Unit} in {trained.Elapsed:h\\:mm\\:ss}, ")
                + Line($"highest rate {recipe.PeakLearningRate}, weights of step {trained.BestStep:N0} (lowest validation loss)"));
        Row(
            card,
            "at random, each time a case is seen, it is changed by",
            recipe.Changes == PictureChanges.None ? "nothing" : recipe.Changes.ToString().ToLowerInvariant());
        if (data.Number is { } number)
        {
            Row(
                card,
                "predicts",
                Line($"{Cell(number.Name)}: {number.Words(number.Mean)} on average in the cases to learn from, ")
                    + Line($"standard deviation {number.Deviation:G5}; its squared error is the loss"));
        }
        else
        {
            Row(card, "classes count", recipe.IsBalanced ? "the same in the loss, whatever their numbers" : "by their numbers");
            Row(
                card,
                "calibration",
                Line($"scores are divided by {trained.Temperature:0.###} (fitted on the validation cases); ")
                    + "it is in the weights of the head");
        }

        card.AppendLine();
        Counts(card, data);
        if (trained.Test is { } test)
        {
            Figures(card, "Test", test, data.ClassNames, "These cases chose nothing.");
        }

        var chose = data.Number is null ? "These cases chose the weights and the temperature" : "These cases chose the weights";
        Figures(
            card,
            "Validation",
            trained.Validation,
            data.ClassNames,
            trained.Test is null ? $"{chose}, so the figures flatter the model a little; there were no others." : $"{chose}.");
        foreach (var remark in trained.Remarks)
        {
            card.AppendLine(Line($"* {remark}"));
        }

        if (trained.Remarks.Count > 0)
        {
            card.AppendLine();
        }

        card.AppendLine("## How it was made").AppendLine();
        if (begun.Command is { } command)
        {
            card.AppendLine("```").AppendLine(command).AppendLine("```").AppendLine();
        }

        card.AppendLine(Line($"Seed {recipe.Seed}. The same settings, data and version give the same weights on any number of threads,"));
        card.AppendLine("unless a time limit chose the number of steps.");
        return card.ToString().ReplaceLineEndings("\n");
    }

    private static void Counts(StringBuilder card, TrainingData data)
    {
        var (train, validation) = (data.Train.CountsOf(data.ClassNames.Count), data.Validation.CountsOf(data.ClassNames.Count));
        var test = data.Test?.CountsOf(data.ClassNames.Count);
        card.AppendLine($"| {(data.Number is null ? "class" : "cases")} | to learn from | validation | test |");
        card.AppendLine("|---|---|---|---|");
        for (var k = 0; k < data.ClassNames.Count && data.Number is null; k++)
        {
            card.AppendLine(Line($"| {Cell(data.ClassNames[k])} | {train[k]} | {validation[k]} | {(test is null ? "–" : test[k])} |"));
        }

        card.AppendLine(Line($"| all | {train.Sum()} | {validation.Sum()} | {(test is null ? "–" : test.Sum())} |")).AppendLine();
    }

    private static void Figures(StringBuilder card, string title, ModelFigures figures, IReadOnlyList<string> names, string remark)
    {
        card.AppendLine(Line($"## {title}")).AppendLine();
        if (figures is ClassificationFigures classes)
        {
            Figures(card, classes, names, remark);
        }
        else
        {
            var (words, root) = (figures.Words, ((RegressionFigures)figures).RootMeanSquareError);
            card.AppendLine(Line($"{char.ToUpperInvariant(words[0])}{words[1..]};"));
            card.AppendLine(Line($"root mean square error {root.Mean:G4} ({root.Lower:G4} to {root.Upper:G4}). {remark}")).AppendLine();
        }
    }

    private static void Figures(StringBuilder card, ClassificationFigures figures, IReadOnlyList<string> names, string remark)
    {
        var (accuracy, auc) = (figures.Accuracy, figures.Auc);
        card.AppendLine(Line(
            $"Accuracy **{100 * accuracy.Rate:0.0} %** (95 % interval {100 * accuracy.Lower:0.0} to {100 * accuracy.Upper:0.0}),"));
        card.AppendLine(Line(
            $"balanced {100 * figures.BalancedAccuracy:0.0} %; AUC {auc.Mean:0.000} ({auc.Lower:0.000} to {auc.Upper:0.000});"));
        card.AppendLine(Line($"calibration error {figures.CalibrationError:0.000}; {figures.Count} cases. {remark}")).AppendLine();
        if (names.Count > MostShownClasses)
        {
            return;
        }

        card.AppendLine(Line($"| true class | {string.Join(" | ", names.Select(Cell))} |"));
        card.AppendLine($"|---|{string.Concat(names.Select(_ => "---|"))}");
        for (var k = 0; k < names.Count; k++)
        {
            card.AppendLine(Line($"| {Cell(names[k])} | {string.Join(" | ", figures.Confusion[k])} |"));
        }

        card.AppendLine();
    }

    private static void Row(StringBuilder card, string name, string text) => card.AppendLine($"| {name} | {text} |");

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
