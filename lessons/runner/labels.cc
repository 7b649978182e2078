// The table of labels. See labels.h.
#include "lessons/runner/labels.h"

namespace evglass::lessons {
namespace {

constexpr Label kLabels[] = {
    // The walk.
    {"matches:", "对应："},
    {"read next:", "接着读："},
    {"stop {} of {}", "第 {} 处停顿，共 {} 处"},
    {"run:", "运行："},
    {"record {}:", "记录 {}："},
    {"predict:", "预测："},
    {"your answer (Enter: skip)> ", "你的回答（回车跳过）> "},
    {"answer:", "答案："},
    {"right:", "对了："},
    {"not so:", "不对："},
    {"you said {}; the run says {}", "你说 {}，运行说 {}"},
    {"not as the lesson says:", "和课文说的不同："},
    {"line {}: {}", "第 {} 行：{}"},
    {"exercise: {}", "练习：{}"},
    {"is it true?", "是真的吗？"},
    {"it is said:", "有人说："},
    {"that is:", "意思是："},
    {"where:", "出处："},
    {"tested by:", "检验："},
    {"no verdict:", "无法判断："},
    {"it is true:", "是真的："},
    {"it is not true:", "不是真的："},
    {"hint:", "提示："},
    {"the next stop is {}", "下一处停顿在 {}"},
    {"next comes no stop: there is nothing to guess", "接下来没有停顿，没有什么可猜"},
    {"[Enter] next  [b] back  [h] hint  [q] quit> ",
     "[回车] 下一页  [b] 返回  [h] 提示  [q] 离开> "},
    {"Enter goes on, b back, h gives a hint for the next stop, q ends.",
     "回车继续，b 返回，h 给下一处停顿的提示，q 结束。"},
    {"{} of {} predictions right", "预测对了 {} 个，共 {} 个"},
    // The full screen.
    {"a lesson needs {} columns and {} rows", "课程需要 {} 列 {} 行"},
    {"page {} of {} ", "第 {} 页，共 {} 页 "},
    {"Is it true?", "是真的吗？"},
    {"Exercise:", "练习："},
    {" Space: {} more lines", " 空格：还有 {} 行"},
    {"source", "源码"},
    {"this record names no line of a source", "这条记录没有指明源码的行"},
    {"where you begin", "你从这里开始"},
    {"there is no trace to draw", "没有可画的轨迹"},
    {"the stops of this lesson are shown here", "本课的停顿显示在这里"},
    {"record {}", "记录 {}"},
    {"your answer> ", "你的回答> "},
    {"any key goes back to the text", "按任意键回到课文"},
    {"Enter answer (empty: skip)  ? hint  Left back  Tab picture  Esc",
     "回车 回答（空的跳过）  ? 提示  左 返回  Tab 图  Esc"},
    {"Enter next  b back  h hint  x check your file  w watch it  ? keys  q",
     "回车 下一页  b 返回  h 提示  x 检查你的文件  w 盯着它  ? 按键  q"},
    {"Enter next  b back  h hint  Tab picture  z wide  g words  ? keys  q",
     "回车 下一页  b 返回  h 提示  Tab 图  z 放宽  g 词汇  ? 按键  q"},
    {"your file is built and checked ...", "正在编译并检查你的文件……"},
    {"your file is checked each time you save it; any key ends that",
     "每次保存都检查你的文件；按任意键停止"},
    {"there is no exercise", "没有练习"},
    {"? shows the keys", "? 显示按键"},
    {"no hint: x checks your file and says what it lacks", "没有提示：x 检查你的文件，说出缺什么"},
    {"the stop is at {}", "停顿在 {}"},
    {"this is the end; q leaves", "到结尾了；q 离开"},
    {"this is the end: {} of {} predictions right; q leaves",
     "到结尾了：预测对了 {} 个，共 {} 个；q 离开"},
    {"no word of the glossary is on this page", "这一页没有词汇表里的词"},
    {"the next page; in a question: your answer", "下一页；在问题里：你的回答"},
    {"the page before", "上一页"},
    {"more of the text, then the next page", "往下看课文，然后下一页"},
    {"scroll the text", "滚动课文"},
    {"a hint for the next stop; in a question: ?", "下一处停顿的提示；在问题里用 ?"},
    {"skip; an empty answer skips a question", "跳过；空的回答跳过问题"},
    {"source or picture at the right", "右边是源码还是图"},
    {"the right side over the whole width", "右边占满整个宽度"},
    {"the words of this page, explained", "解释这一页的词"},
    {"check your file of the exercise", "检查你的练习文件"},
    {"check it each time you save it", "每次保存都检查它"},
    {"leave; your place is kept", "离开；记住你的位置"},
    // Lists, progress, exercises.
    {"done", "完成"},
    {"new", "新"},
    {"page {} of {}", "第 {} 页，共 {} 页"},
    {"lesson {}: page {} of {}; `evglass learn {}` goes on there",
     "第 {} 课：第 {} 页，共 {} 页；`evglass learn {}` 从那里继续"},
    {"lesson {} is done; its exercise: `evglass learn exercise {}`",
     "第 {} 课完成了；它的练习：`evglass learn exercise {}`"},
    {"{} is where you begin. Then:", "你从 {} 开始。然后："},
    {"checks it", "检查它"},
    {"checks it each time you save it", "每次保存都检查它"},
    {"not yet. With {}:", "还没有。用 {}："},
    {"not yet: {}", "还没有：{}"},
    {"it printed:", "它打印了："},
    {"the same input again:", "再用同样的输入："},
    {"passed: {} checks, the last with {}", "通过了：{} 项检查，最后一次用 {}"},
    {"shows how the author did it", "看作者怎样做"},
    {"your progress can't be kept", "无法保存你的进度"},
    {"waiting for the next save (Ctrl-C ends)", "等待下一次保存（Ctrl-C 结束）"},
    // Panes.
    {"base", "事件库"},
    {"loop", "循环"},
    {"calls", "调用"},
    {"event", "事件"},
    {"events", "事件"},
    {"heap", "堆"},
    {"active", "激活"},
    {"io", "io 映射"},
    {"signals", "信号"},
    {"syscalls", "系统调用"},
    {"buffer", "缓冲区"},
    {"changes", "变更"},
    {"locks", "锁"},
};

}  // namespace

std::span<const Label> all_labels() {
    return kLabels;
}

std::string_view Labels::operator()(std::string_view english) const {
    if (!chinese_) return english;
    for (const Label& label : kLabels)
        if (label.english == english) return label.chinese;
    return english;
}

}  // namespace evglass::lessons
