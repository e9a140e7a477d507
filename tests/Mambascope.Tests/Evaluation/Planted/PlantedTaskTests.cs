using Mambascope.Evaluation.Planted;
using Xunit;

namespace Mambascope.Tests.Evaluation.Planted;

public sealed class PlantedTaskTests
{
    [Theory]
    [InlineData("selective-copying")]
    [InlineData("induction")]
    public void The_truth_carries_the_answer_and_the_answer_follows_the_question(string name)
    {
        var task = PlantedTasks.Find(name);
        for (var index = 0; index < 500; index++)
        {
            var text = task.Draw(seed: 5, index);
            Assert.Equal(task.Length, text.Tokens.Count);
            Assert.All(text.Tokens, token => Assert.InRange(token, ' ', '~'));
            Assert.Equal(text.Questions.OrderBy(q => q.Position), text.Questions);
            foreach (var question in text.Questions)
            {
                Assert.Equal(question.Answer, text.Tokens[question.Position + 1]);
                Assert.Equal(question.Answer, text.Tokens[Assert.Single(question.Truth)]);
                Assert.True(question.Truth[0] < question.Position);
            }
        }
    }

    [Fact]
    public void Letters_are_asked_for_in_their_order_and_all_else_is_dots()
    {
        var text = new SelectiveCopying().Draw(seed: 1, index: 3);
        var letters = text.Tokens.Take(PlantedTask.StandardPlaces).Where(token => token != '.').ToArray();
        Assert.Equal(SelectiveCopying.Letters, letters.Length);
        Assert.Equal(letters, text.Questions.Select(q => q.Answer));
        Assert.Equal("123456", string.Concat(text.Questions.Select(q => (char)text.Tokens[q.Position])));
        Assert.Equal('|', text.ToString()[PlantedTask.StandardPlaces]);
    }

    [Fact]
    public void A_capital_stands_once_before_it_is_asked_for()
    {
        for (var index = 0; index < 200; index++)
        {
            var text = new InductionHeads().Draw(seed: 1, index);
            Assert.Equal(InductionHeads.Asked, text.Questions.Count);
            Assert.Equal(
                InductionHeads.Capitals,
                text.Tokens.Take(PlantedTask.StandardPlaces).Where(token => char.IsUpper((char)token)).Distinct().Count());
            foreach (var question in text.Questions)
            {
                var capital = text.Tokens[question.Position];
                Assert.True(char.IsUpper((char)capital));
                Assert.Equal(
                    [question.Truth[0] - 1, question.Position],
                    text.Tokens.Index().Where(token => token.Item == capital).Select(token => token.Index));
            }
        }
    }

    [Fact]
    public void Easier_texts_are_shorter_texts_of_the_same_kind()
    {
        Assert.Equal(6 + 1 + 12, new SelectiveCopying(places: 6).Draw(1, 1).Tokens.Count);
        var text = new InductionHeads(InductionHeads.LeastPlaces).Draw(1, 1);
        Assert.Equal(16 + 1 + 8, text.Tokens.Count);
        Assert.All(text.Questions, question => Assert.Equal(text.Tokens[question.Truth[0]], text.Tokens[question.Position + 1]));
    }

    [Theory]
    [InlineData("selective-copying", 6.0 / 48)]
    [InlineData("induction", 4.0 / 24)]
    public void Every_place_is_equally_likely(string name, double share)
    {
        var task = PlantedTasks.Find(name);
        var counts = new int[48];
        const int Texts = 20_000;
        for (var index = 0; index < Texts; index++)
        {
            foreach (var question in task.Draw(seed: 9, index).Questions)
            {
                counts[question.Truth[0]]++;
            }
        }

        int[] possible = [.. counts.Where(count => count > 0)];
        Assert.Equal(name == "induction" ? 24 : 48, possible.Length);
        var error = possible.Max(count => Math.Abs(((double)count / Texts) - share)); // standard deviation 0.0026
        TestContext.Current.TestOutputHelper?.WriteLine($"largest deviation from {share:F4}: {error:F4}");
        Assert.True(error < 0.013, $"{error}");
    }

    [Fact]
    public void Seeds_and_indices_differ_and_the_texts_never_change()
    {
        var task = new SelectiveCopying();
        Assert.Equal(task.Draw(2, 7).ToString(), task.Draw(2, 7).ToString());
        Assert.NotEqual(task.Draw(2, 7).ToString(), task.Draw(2, 8).ToString());
        Assert.NotEqual(task.Draw(2, 7).ToString(), task.Draw(3, 7).ToString());
        Assert.Contains(
            "selective-copying, induction",
            Assert.Throws<BadInputException>(() => PlantedTasks.Find("copying")).Message,
            StringComparison.Ordinal);
    }
}
