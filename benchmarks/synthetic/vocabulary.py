"""The words and turns of phrase of Vietnamese official news.

Within each list the words stand from the most to the least frequent: prose draws them by rank.
"""

import re


def listed(text: str) -> tuple[str, ...]:
    """Return the words and names that commas separate in `text`, on however many lines."""
    return tuple(" ".join(word.split()) for word in text.split(","))


NOUNS = listed(
    """
    hợp tác, quan hệ, công tác, phát triển, lĩnh vực, đối ngoại, địa phương, kinh tế, thành phố,
    nội dung, chương trình, kế hoạch, kết quả, hoạt động, doanh nghiệp, đầu tư, văn hóa, thời gian,
    nhiệm vụ, vấn đề, quốc gia, nhân dân, lãnh đạo, đối tác, thương mại, hội nghị, chính sách,
    giải pháp, du lịch, giáo dục, công nghệ, khu vực, đại biểu, cơ quan, tổ chức, ngoại giao,
    hội nhập, quốc tế, dự án, thỏa thuận, cơ chế, tiềm năng, nguồn lực, hạ tầng, môi trường,
    an ninh, quốc phòng, nông nghiệp, công nghiệp, dịch vụ, thị trường, đô thị, giao thông,
    năng lượng, khoa học, đổi mới, sáng tạo, nhân lực, y tế, lao động, hữu nghị, tình hình,
    thế giới, cộng đồng, kiều bào, công dân, thông tin, truyền thông, báo chí, pháp luật,
    quy chế, quy định, nghị quyết, chỉ thị, đề án, chiến lược, quy hoạch, mục tiêu, chỉ tiêu,
    tiến độ, chất lượng, hiệu quả, vai trò, vị thế, uy tín, hình ảnh, bản sắc, di sản, lịch sử,
    truyền thống, nền tảng, động lực, cơ hội, thách thức, rủi ro, xu hướng, bối cảnh, biến động,
    kinh nghiệm, mô hình, sáng kiến, phương án, lộ trình, điều kiện, yêu cầu, nguyên tắc,
    trách nhiệm, thẩm quyền, nghĩa vụ, quyền lợi, lợi ích, niềm tin, tình cảm, đoàn kết,
    tuyên bố, ghi nhớ, hiệp định, công ước, điều ước, nghị định, thông tư, văn kiện, văn bản,
    biên bản, báo cáo, tham luận, ý kiến, đề xuất, kiến nghị, kết luận, khuyến nghị, thông điệp,
    chuyến thăm, cuộc gặp, hội đàm, đối thoại, diễn đàn, hội thảo, tọa đàm, triển lãm, lễ hội,
    hội chợ, tuần lễ, kỷ niệm, sự kiện, nghi lễ, lễ tân, phái đoàn, tùy viên, sứ quán,
    lãnh sự, tham tán, đại sứ, chuyên gia, học giả, sinh viên, thanh niên, phụ nữ, trẻ em,
    nghệ sĩ, nhà báo, doanh nhân, nông dân, công nhân, cán bộ, công chức, viên chức, chuyên viên,
    đội ngũ, bộ máy, biên chế, ngân sách, kinh phí, nguồn vốn, tín dụng, thuế quan, hải quan,
    xuất khẩu, nhập khẩu, kim ngạch, hàng hóa, sản phẩm, nông sản, thủy sản, dệt may, da giày,
    linh kiện, điện tử, bán dẫn, dữ liệu, phần mềm, mạng lưới, tri thức, trí tuệ, tự động,
    viễn thông, vệ tinh, hàng không, hàng hải, cảng biển, đường sắt, đường bộ, cầu cảng, sân bay,
    cửa khẩu, biên giới, hải đảo, vùng biển, lãnh thổ, chủ quyền, hành lang, vành đai, bến cảng,
    kho vận, kho bãi, vận tải, cung ứng, nguyên liệu, khoáng sản, dầu khí, điện gió,
    nhiệt điện, thủy điện, nhiên liệu, than đá, khí hậu, phát thải, rừng núi, nguồn nước,
    nước thải, rác thải, không khí, đa dạng, sinh thái, thiên tai, bão lũ, hạn hán, cứu trợ,
    cứu nạn, dịch bệnh, vắc xin, bệnh viện, thuốc men, dinh dưỡng, dân số, an sinh, bảo hiểm,
    việc làm, tay nghề, học bổng, đại học, học viện, nhà trường, giáo trình, bài giảng,
    ngôn ngữ, tiếng Việt, sách báo, thư viện, bảo tàng, điện ảnh, âm nhạc, mỹ thuật, sân khấu,
    ẩm thực, làng nghề, thủ công, trang phục, thể thao, bóng đá, võ thuật, di tích, danh thắng,
    phố cổ, công viên, không gian, kiến trúc, nhà ở, tái thiết, chiếu sáng, cấp nước, thoát nước,
    tội phạm, ma túy, khủng bố, rửa tiền, tham nhũng, tư pháp, tòa án, luật sư, hòa giải,
    nhân quyền, tôn giáo, dân tộc, bình đẳng, hòa bình, ổn định, thịnh vượng, tin cậy, gắn bó,
    tầm nhìn, khát vọng, bài học, dấu ấn, điểm sáng, nút thắt, điểm nghẽn, đột phá, thủ tục,
    hành chính, cải cách, phân cấp, giám sát, thanh tra, kiểm toán, thống kê, chỉ số, tiêu chí,
    tiêu chuẩn, nhãn hiệu, bản quyền, sáng chế, thương hiệu, khởi nghiệp, vườn ươm, quỹ đất,
    mặt bằng, tài sản, cổ phần, trái phiếu, ngân hàng, tiền tệ, lãi suất, tỷ giá, lạm phát
    """
)

VERBS = listed(
    """
    tăng cường, thúc đẩy, triển khai, thực hiện, phát huy, nâng cao, mở rộng, đẩy mạnh, xây dựng,
    hoàn thiện, tham mưu, phối hợp, trao đổi, chia sẻ, đánh giá, đề nghị, khẳng định, nhấn mạnh,
    ghi nhận, ủng hộ, hỗ trợ, tổ chức, tham gia, chuẩn bị, hướng dẫn, kiểm tra, rà soát, cập nhật,
    bổ sung, sửa đổi, ban hành, phê duyệt, thông qua, ký kết, quán triệt, hoàn tất, củng cố,
    duy trì, đào sâu, vun đắp, gìn giữ, bảo vệ, bảo đảm, đáp ứng, khai thác, tận dụng,
    huy động, thu hút, kêu gọi, kết nối, liên kết, gắn kết, tiếp nhận, chuyển giao, ứng dụng,
    đào tạo, bồi dưỡng, tập huấn, tuyên truyền, quảng bá, giới thiệu, phổ biến, giải thích,
    giải quyết, tháo gỡ, khắc phục, ứng phó, phòng ngừa, ngăn chặn, xử lý, giảm thiểu, hạn chế,
    thích ứng, chuyển đổi, số hóa, nâng cấp, tinh giản, mở mang, chuẩn hóa, tối ưu,
    quản lý, điều hành, điều phối, chỉ đạo, lãnh đạo, phân công, giao phó, đôn đốc, theo dõi,
    giám định, tổng hợp, tổng kết, sơ kết, phân tích, dự báo, nghiên cứu, khảo sát, thí điểm,
    nhân rộng, lan tỏa, khơi thông, khơi dậy, thống nhất, nhất trí, cam kết, nhắc lại,
    đồng hành, tiếp sức, khuyến khích, biểu dương, khen thưởng, tôn vinh, kỷ niệm, chúc mừng,
    cảm ơn, đón tiếp, thăm hỏi, hội kiến, gặp gỡ, làm việc, thảo luận, đàm phán, thương lượng,
    hòa giải, bày tỏ, đề cao, coi trọng, quan tâm, xem xét, cân nhắc, lựa chọn, xác định,
    hoạch định, quy hoạch, định hướng, dẫn dắt, khởi động, khởi công, khánh thành, vận hành,
    bàn giao, nghiệm thu, giải ngân, bố trí, phân bổ, cân đối, tiết kiệm, cắt giảm, miễn trừ,
    gia hạn, gia nhập, phê chuẩn, tuân thủ, thực thi, chấp hành, tôn trọng, thúc giục, vận động,
    tranh thủ, cung cấp, công bố, công khai, đăng tải, xuất bản, biên soạn, dịch thuật, lưu trữ,
    bảo tồn, trùng tu, phục dựng, tái tạo, cơ cấu, sắp xếp, tinh gọn, kiện toàn, luân chuyển,
    bổ nhiệm, tuyển dụng, thu thập, thẩm định, thẩm tra, xác minh, chứng nhận, công nhận, cấp phép,
    đăng ký, kê khai, chuyển phát, giảm nghèo, chăm lo, chăm sóc, cứu hộ, tiêm chủng, điều trị,
    trồng mới, canh tác, chế biến, bảo quản, phân phối, tiêu thụ, niêm yết, giao dịch, thanh toán
    """
)

QUALITIES = listed(
    """
    toàn diện, hiệu quả, bền vững, quan trọng, cụ thể, thiết thực, chặt chẽ, sâu rộng, song phương,
    đa phương, chiến lược, thường xuyên, tích cực, chủ động, kịp thời, đồng bộ, thực chất, lâu dài,
    tốt đẹp, tin cậy, ổn định, linh hoạt, sáng tạo, rõ nét, nổi bật, trọng tâm, then chốt, ưu tiên,
    tiềm năng, thuận lợi, khó khăn, phức tạp, cấp bách, lâu bền, hài hòa, công bằng, minh bạch,
    công khai, dân chủ, văn minh, hiện đại, tiên tiến, thông minh, đổi mới, số hóa, xanh sạch,
    tuần hoàn, trung hạn, dài hạn, hằng năm, định kỳ, đột xuất, trực tiếp, trực tuyến, liên ngành,
    liên vùng, biên mậu, khu vực, toàn cầu, quốc tế, trong nước, địa phương, cơ sở,
    nhân văn, nhân đạo, hữu nghị, truyền thống, anh em, gắn bó, thủy chung, chân thành, cởi mở,
    thẳng thắn, xây dựng, trách nhiệm, nghiêm túc, quyết liệt, bài bản, khoa học, chuyên nghiệp,
    chuyên sâu, chất lượng, cạnh tranh, hấp dẫn, thân thiện, an toàn, lành mạnh, vững chắc,
    vượt trội, đột phá, nhanh chóng, mạnh mẽ, rộng khắp, phong phú, đa dạng, đặc sắc, độc đáo,
    tiêu biểu, điển hình, kiểu mẫu, thí điểm, ban đầu, căn bản, cốt lõi, tổng thể, thống nhất,
    xuyên suốt, liên tục, nhất quán, hợp lý, hợp pháp, chính đáng, cần thiết, phù hợp, tương xứng,
    cân bằng, bình đẳng, tự chủ, tự cường, độc lập, hòa hiếu, ven biển, miền núi, nông thôn,
    ngoại thành, nội đô, vùng cao, hải đảo, công lập, tư nhân, cộng đồng, dân sự,
    nhà nước, cấp cao, cấp vụ, song hành, bổ trợ, hỗ tương, tối đa, tối thiểu, dự phòng
    """
)

# Marks in a pattern: N a noun, V a verb, Q a quality, P a noun with its quality (the words that
# set one article apart), # a number, % a percentage.
_MARK = re.compile(r"(?<!\w)([NVQP#%])(?!\w)")


def _patterns(text: str) -> tuple[tuple[str, ...], ...]:
    # Splitting on a group leaves plain text at even places and marks at odd ones.
    return tuple(tuple(_MARK.split(line.strip())) for line in text.strip().splitlines())


SENTENCES = _patterns(
    """
    hai bên nhất trí V N Q, V P và V N
    các đại biểu V N, đồng thời V P trong N
    N của P được V theo N Q
    trên cơ sở N, P cần V N và V N Q
    thời gian tới, N sẽ V P, N và N
    kết quả V N cho thấy P đã V N Q
    bên cạnh đó, các đơn vị V P gắn với N, N
    để V N, cần V P, V N và từng bước V N Q
    đây là dịp để V N, V P giữa N và N
    các ý kiến tập trung vào P, N và việc V N Q
    trong khuôn khổ N, hai bên đã V P
    P tiếp tục được V, góp phần V N Q
    việc V P phải gắn với N, không để N ảnh hưởng đến N
    theo báo cáo, N đạt # triệu USD, tăng % so với cùng kỳ
    đến nay đã có # N được V, đạt % kế hoạch
    ngoài ra, N và P cũng được V tại N Q
    các bên thống nhất sẽ sớm V N, V N và V P
    từ thực tiễn N, có thể V P theo hướng Q, Q
    nhiều N Q đã V N, tạo điều kiện để V P
    các sở, ban, ngành được giao V P trước N
    với N Q, P đã trở thành N của N
    trước những N Q, việc V N càng cần V P
    cùng với N, công tác V P được V Q
    hai bên cũng V về N, N và những N cùng quan tâm
    qua # năm V N, P đã V N và N
    tại đây, đoàn đã V N, V P và tìm hiểu N
    trong số đó, N chiếm %, N chiếm %
    để đạt được điều này, các cơ quan cần V N, không V N một cách Q
    """
)

REMARKS = _patterns(
    """
    nhấn mạnh việc V P là N Q, cần được V
    đề nghị các đơn vị V N, V P và báo cáo N
    cho rằng N Q sẽ V P trong N
    khẳng định luôn V N và sẵn sàng V P
    bày tỏ mong muốn hai bên V N, V P
    đánh giá cao N, nhất là P, và đề xuất V N
    cảm ơn các bên đã V N và V P
    yêu cầu khẩn trương V P, hoàn thành N Q
    """
)

POINTS = _patterns(
    """
    V P
    V N, N và N
    V N Q theo hướng V P
    P: V N, V N
    V % N Q
    """
)

HEADINGS = _patterns(
    """
    V P
    N và N Q
    P
    kết quả V N
    định hướng V N Q
    những N cần V
    """
)
